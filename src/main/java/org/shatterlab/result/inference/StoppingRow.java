package org.shatterlab.result.inference;

import org.jspecify.annotations.Nullable;

/**
 * The precision of a row of an adaptive experiment, over all runs measured so far.
 *
 * @param network the label of the network
 * @param depth L; null for noise, which has no depth
 * @param index the lag of an autocorrelation; null for a statistic with a single value
 * @param mean the estimate
 * @param halfWidth the half-width of the 95% confidence interval of the mean; null for fewer than two runs,
 *     and where it leaves the range of float64
 * @param runs the number of runs
 * @param stoppedBy the target that the row reached, or {@code maxRuns} if the row reached no target; null while the
 *     network gets more runs
 */
public record StoppingRow(
        String network,
        @Nullable Integer depth,
        @Nullable Integer index,
        double mean,
        @Nullable Double halfWidth,
        long runs,
        @Nullable String stoppedBy) {}
