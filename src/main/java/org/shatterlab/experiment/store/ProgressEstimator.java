package org.shatterlab.experiment.store;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the remaining time of an experiment from the estimated costs of its cells. So a wide or deep network counts
 * for more than a small one. A running cell counts with the part of its cost that is spent. Otherwise the small cells,
 * which end first, would be taken for all of the work.
 *
 * <p>The rate is measured from a mark in the past to the last end of a cell. The first mark is the start of the
 * experiment. Cells that start with the experiment may wait for the engine, so the second mark is their end. Each
 * further mark follows after twice the work between the two marks before, and after at most {@value #STRIDE} of all
 * work. The rate is measured from the last mark but one. So the rate follows workers that join or leave.
 *
 * @param cost the estimated cost of all cells, in seconds of a core or of a GPU
 * @param ended the cost of the cells that have ended
 * @param underway the spent cost of the running cells when the last cell ended
 * @param generation the number of cells that were running when the first cell ended; 0 before
 * @param mark the instant from which the rate is measured; null before the start
 * @param markCost the spent cost at the mark
 * @param nextMark the instant of the next mark; null before the first generation has ended
 * @param nextMarkCost the spent cost at the next mark
 * @param lastEnd the instant at which the last cell ended; null if no cell has ended since the start
 */
@Embeddable
record ProgressEstimator(
        double cost,
        @Column(name = "ended_cost") double ended,
        @Column(name = "underway_cost") double underway,
        int generation,
        @Nullable Instant mark,
        @Column(name = "mark_cost") double markCost,
        @Column(name = "next_mark") @Nullable Instant nextMark,
        @Column(name = "next_mark_cost") double nextMarkCost,
        @Column(name = "last_end") @Nullable Instant lastEnd) {

    private static final double STRIDE = 0.2;

    /**
     * Returns the estimator of an experiment that has not started.
     *
     * @param cost the cost of all cells
     * @param ended the cost of the cells that are done already
     */
    static ProgressEstimator of(double cost, double ended) {
        return new ProgressEstimator(cost, ended, 0, 0, null, ended, null, 0, null);
    }

    ProgressEstimator start(Instant now) {
        return new ProgressEstimator(cost, ended, underway, generation, now, markCost, nextMark, nextMarkCost, lastEnd);
    }

    /** Adds the cells of a round. The cached cells are done already. */
    ProgressEstimator add(double more, double cached) {
        return new ProgressEstimator(
                cost + more,
                ended + cached,
                underway,
                generation,
                mark,
                markCost + cached,
                nextMark,
                nextMarkCost + cached,
                lastEnd);
    }

    /**
     * Records that cells have ended.
     *
     * @param some the totals of the ended cells
     * @param computed the number of cells that have ended since the start, with the ended cells
     * @param others the running cells with their spent cost
     */
    ProgressEstimator end(CellTotals some, int computed, CellTotals others, Instant now) {
        double after = ended + some.cost();
        double done = after + others.cost();
        int together = generation == 0 ? computed + others.cells() : generation;
        if (nextMark == null) {
            return computed < together
                    ? new ProgressEstimator(cost, after, others.cost(), together, mark, markCost, null, 0, now)
                    : new ProgressEstimator(cost, after, others.cost(), together, mark, markCost, now, done, now);
        }
        return done - nextMarkCost < Math.min(2 * (nextMarkCost - markCost), STRIDE * cost)
                ? new ProgressEstimator(
                        cost, after, others.cost(), together, mark, markCost, nextMark, nextMarkCost, now)
                : new ProgressEstimator(cost, after, others.cost(), together, nextMark, nextMarkCost, now, done, now);
    }

    /** Returns the estimated seconds to the end of all cells; null before the first cell has ended. */
    @Nullable
    Double secondsLeft(Instant now) {
        double done = ended + underway;
        // The clocks of two machines may disagree about the order of two events.
        if (mark == null || lastEnd == null || done <= markCost || !lastEnd.isAfter(mark)) {
            return null;
        }
        double left = seconds(mark, lastEnd) / (done - markCost) * Math.max(0, cost - done);
        // Running cells have progressed since the last end. Half of the time is kept, since a cell may hang or lose its
        // worker.
        return left - Math.clamp(seconds(lastEnd, now), 0, left / 2);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() * 1e-9;
    }
}
