package org.shatterlab.lab.statistic;

/**
 * The moments of a statistic over runs, which can be merged with the moments of other runs.
 *
 * <p>The moments suffice to estimate the mean and its standard error. In floating point the last bits of a merged value
 * depend on the order of merging, so callers merge in a fixed order. Implementations are immutable.
 */
public sealed interface Moments permits MeanMoments, RatioMoments {

    /** Returns the number of runs. */
    long count();

    /**
     * Returns the estimate over the runs.
     *
     * @throws IllegalStateException if there is no run, or if the mean denominator of a ratio is 0
     */
    Estimate estimate();

    /**
     * Merges the moments of two disjoint groups of runs.
     *
     * @throws IllegalArgumentException if one is a mean and the other is a ratio of means
     */
    static Moments combine(Moments left, Moments right) {
        if (left instanceof MeanMoments mean && right instanceof MeanMoments other) {
            return mean.combine(other);
        }
        if (left instanceof RatioMoments ratio && right instanceof RatioMoments other) {
            return ratio.combine(other);
        }
        throw new IllegalArgumentException("The moments of a mean and of a ratio of means cannot be merged.");
    }
}
