package org.shatterlab.experiment.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far an experiment is; an adaptive one, with the cells of the rounds so far.
 *
 * @param cells how many it has
 * @param done how many are done, those that were taken over included
 * @param failed how many failed
 * @param cached how many were already done when it was submitted, or their round was planned
 * @param fraction of the cells that have ended, 0 to 1
 * @param etaSeconds seconds to the end of its cells at the rate of late, by their estimated cost; null before the first cell ended and unless it is running
 */
public record Progress(
        int cells,
        int done,
        int failed,
        int cached,
        double fraction,
        @Nullable Double etaSeconds) {

    /** What the database counts of an experiment. */
    record Counts(int cells, int done, int failed, int cached) {}

    /**
     * How far an experiment is.
     *
     * @param pace null unless it is running
     */
    static Progress of(Counts counts, @Nullable ProgressEstimator pace, Instant now) {
        return new Progress(
                counts.cells(),
                counts.done(),
                counts.failed(),
                counts.cached(),
                (double) (counts.done() + counts.failed()) / counts.cells(),
                pace == null ? null : pace.secondsLeft(now));
    }
}
