package org.shatterlab.experiment;

import java.util.SortedSet;

/** What {@link Rounds} asks of whoever merges the results of cells. */
public interface RowPrecision {

    /** The networks, by their numbers in the experiment, of which a row is outside the targets; all of its cells are done. */
    SortedSet<Integer> outside(Experiment experiment, Runs.Adaptive runs);
}
