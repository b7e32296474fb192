package org.shatterlab.experiment.queue;

import java.util.SortedSet;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.Experiment;

/** What {@link AdaptiveRounds} asks of whoever merges the results of cells. */
public interface PrecisionCheck {

    /** The networks, by their numbers in the experiment, of which a row is outside the targets; all of its cells are done. */
    SortedSet<Integer> outside(Experiment experiment, Runs.Adaptive runs);
}
