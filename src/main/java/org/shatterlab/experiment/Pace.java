package org.shatterlab.experiment;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How fast the cells of an experiment end, measured in what they were estimated to cost, so that wide and deep networks
 * count for more than small ones.
 *
 * <p>The rate is taken from a mark in the past to the last end of a cell. The first mark is the start; but the cells that
 * were begun together at the start end together, and may have waited for the engine, so that the next mark is their end.
 * From then on there is another mark after twice as much work as between the two before it, at most {@value #STRIDE} of
 * all, and the rate is taken from the last but one: it is that of the recent past, whoever joined or left.
 *
 * @param cost of all its cells, in estimated seconds of a core, or of a GPU
 * @param ended the cost of those that have ended
 * @param generation how many were being computed when the first ended; 0 before
 * @param mark where the rate is taken from; null before the start
 * @param markCost what had ended then
 * @param nextMark what will take its place; null before the first generation has ended
 * @param nextMarkCost what had ended then
 * @param lastEnd when the last cell ended; null if none has since the start
 */
@Embeddable
record Pace(
        double cost,
        @Column(name = "ended_cost") double ended,
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
    static Pace of(double cost, double ended) {
        return new Pace(cost, ended, 0, null, ended, null, 0, null);
    }

    Pace start(Instant now) {
        return new Pace(cost, ended, generation, now, markCost, nextMark, nextMarkCost, lastEnd);
    }

    /** Cells were added, of which those that are cached need not be computed. */
    Pace add(double more, double cached) {
        return new Pace(
                cost + more,
                ended + cached,
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
     * @param running how many others are being computed; asked only of the first that end
     */
    Pace end(Tally some, int computed, int running, Instant now) {
        double after = ended + some.cost();
        int together = generation == 0 ? computed + running : generation;
        if (nextMark == null) {
            return computed < together
                    ? new Pace(cost, after, together, mark, markCost, null, 0, now)
                    : new Pace(cost, after, together, mark, markCost, now, after, now);
        }
        return after - nextMarkCost < Math.min(2 * (nextMarkCost - markCost), STRIDE * cost)
                ? new Pace(cost, after, together, mark, markCost, nextMark, nextMarkCost, now)
                : new Pace(cost, after, together, nextMark, nextMarkCost, now, after, now);
    }

    /** Seconds to the end of all cells; null before the first has ended. */
    @Nullable
    Double secondsLeft(Instant now) {
        // The clocks of two machines need not agree on what came first.
        if (mark == null || lastEnd == null || ended <= markCost || !lastEnd.isAfter(mark)) {
            return null;
        }
        double left = seconds(mark, lastEnd) / (ended - markCost) * Math.max(0, cost - ended);
        // What runs is the further the longer ago the last has ended, unless it hangs or the workers are gone.
        return left - Math.clamp(seconds(lastEnd, now), 0, left / 2);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() * 1e-9;
    }
}
