package org.shatterlab.lab.statistic;

/**
 * What is kept of a statistic over runs: enough to merge with other runs and to estimate the mean and its error.
 *
 * <p>Merging is exact in exact arithmetic; in floating point the last bits depend on the order, so callers merge in a
 * fixed one.
 */
public sealed interface Moments permits MeanMoments, RatioMoments {

    /** How many runs there are. */
    long count();

    Estimate estimate();

    /**
     * Those of both groups of runs.
     *
     * @throws IllegalArgumentException if they are of different kinds
     */
    static Moments combine(Moments left, Moments right) {
        if (left instanceof MeanMoments mean && right instanceof MeanMoments other) {
            return mean.combine(other);
        }
        if (left instanceof RatioMoments ratio && right instanceof RatioMoments other) {
            return ratio.combine(other);
        }
        throw new IllegalArgumentException("a mean and a ratio of means do not combine");
    }
}
