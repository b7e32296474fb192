package org.shatterlab.experiment;

import java.time.Duration;
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
 * @param etaSeconds seconds to the end of its cells at the rate so far; null before the first cell ended and unless it is running
 */
public record Progress(
        int cells,
        int done,
        int failed,
        int cached,
        double fraction,
        @Nullable Double etaSeconds) {

    /**
     * What the database counts of an experiment.
     *
     * @param headStart how many cells were done when it was submitted or last retried
     */
    record Counts(int cells, int done, int failed, int cached, int headStart) {}

    /**
     * How far an experiment is.
     *
     * @param runningSince null unless it is running
     */
    static Progress of(Counts counts, @Nullable Instant runningSince, Instant now) {
        int ended = counts.done() + counts.failed();
        int computed = ended - counts.headStart();
        Double eta = null;
        if (runningSince != null && computed > 0) {
            double elapsed = Duration.between(runningSince, now).toMillis() / 1000.0;
            eta = elapsed / computed * (counts.cells() - ended);
        }
        return new Progress(
                counts.cells(), counts.done(), counts.failed(), counts.cached(), (double) ended / counts.cells(), eta);
    }
}
