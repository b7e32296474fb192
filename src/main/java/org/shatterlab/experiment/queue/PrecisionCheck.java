package org.shatterlab.experiment.queue;

import java.util.SortedSet;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.Experiment;

/** A check of the precision of merged results. The room that merges results implements the check. */
public interface PrecisionCheck {

    /** Returns the numbers of the networks with a row outside the targets. All cells of the experiment are done. */
    SortedSet<Integer> networksOutsideTargets(Experiment experiment, Runs.Adaptive runs);
}
