package org.shatterlab.experiment;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far an experiment is.
 *
 * @param cells how many it has
 * @param done how many are done, those that were taken over included
 * @param failed how many failed
 * @param cached how many were already done when it was submitted
 * @param fraction of the cells that have ended, 0 to 1
 * @param etaSeconds seconds to its end at the rate so far; null before the first cell ended and after the last
 */
public record Progress(
        int cells,
        int done,
        int failed,
        int cached,
        double fraction,
        @Nullable Double etaSeconds) {

    static Progress of(
            int cells,
            int done,
            int failed,
            int cached,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            Instant now) {
        int ended = done + failed;
        int computed = ended - cached;
        Double eta = null;
        if (startedAt != null && finishedAt == null && computed > 0) {
            double elapsed = Duration.between(startedAt, now).toMillis() / 1000.0;
            eta = elapsed / computed * (cells - ended);
        }
        return new Progress(cells, done, failed, cached, (double) ended / cells, eta);
    }
}
