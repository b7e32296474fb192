package org.shatterlab.result.inference;

import org.jspecify.annotations.Nullable;

/**
 * How precise a row of an adaptive experiment is, over all runs measured so far.
 *
 * @param network its label
 * @param depth L; null for noise
 * @param index the lag of an autocorrelation; null for a statistic with a single value
 * @param halfWidth of the 95% confidence interval of the mean; null for fewer than two runs
 * @param stoppedBy the target that it is inside of, or that there are no more runs; null while its network gets more
 */
public record StoppingRow(
        String network,
        @Nullable Integer depth,
        @Nullable Integer index,
        double mean,
        @Nullable Double halfWidth,
        long runs,
        @Nullable String stoppedBy) {}
