package org.shatterlab.experiment.store;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How fast an experiment is computed, measured in what its cells were estimated to cost, so that wide and deep networks
 * count for more than small ones. What is underway counts as far as it is: where cells of all sizes begin together the small
 * ones end first, and would be taken for all that was done.
 *
 * <p>The rate is taken from a mark in the past to the last end of a cell. The first mark is the start; but the cells that
 * were begun together at the start may have waited for the engine, so that the next mark is their end. From then on there is
 * another mark after twice as much work as between the two before it, at most {@value #STRIDE} of all, and the rate is taken
 * from the last but one: it is that of the recent past, whoever joined or left.
 *
 * @param cost of all its cells, in estimated seconds of a core, or of a GPU
 * @param ended the cost of those that have ended
 * @param underway what those that were being computed had come to when the last ended
 * @param generation how many were being computed when the first ended; 0 before
 * @param mark where the rate is taken from; null before the start
 * @param markCost what was done then
 * @param nextMark what will take its place; null before the first generation has ended
 * @param nextMarkCost what was done then
 * @param lastEnd when the last cell ended; null if none has since the start
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
     * Of an experiment that is not started.
     *
     * @param cost of all its cells
     * @param ended the cost of those that need not be computed
     */
    static ProgressEstimator of(double cost, double ended) {
        return new ProgressEstimator(cost, ended, 0, 0, null, ended, null, 0, null);
    }

    ProgressEstimator start(Instant now) {
        return new ProgressEstimator(cost, ended, underway, generation, now, markCost, nextMark, nextMarkCost, lastEnd);
    }

    /** Cells were added, of which those that are cached need not be computed. */
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
     * Some cells have ended.
     *
     * @param computed how many have since the start, these included
     * @param others that are being computed, at the cost that they have come to
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

    /** Seconds to the end of all cells; null before the first has ended. */
    @Nullable
    Double secondsLeft(Instant now) {
        double done = ended + underway;
        // The clocks of two machines need not agree on what came first.
        if (mark == null || lastEnd == null || done <= markCost || !lastEnd.isAfter(mark)) {
            return null;
        }
        double left = seconds(mark, lastEnd) / (done - markCost) * Math.max(0, cost - done);
        // What runs is the further the longer ago the last has ended, unless it hangs or the workers are gone.
        return left - Math.clamp(seconds(lastEnd, now), 0, left / 2);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() * 1e-9;
    }
}
