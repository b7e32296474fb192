package org.shatterlab.lab.statistic;

import org.jspecify.annotations.Nullable;

/**
 * An estimate over runs.
 *
 * @param mean the estimate
 * @param standardDeviation over runs, n - 1 in the denominator; null for fewer than two runs, and for a ratio of means,
 *     which is not defined per run
 * @param standardError of the mean; null for fewer than two runs
 * @param runs how many
 */
public record Estimate(
        double mean,
        @Nullable Double standardDeviation,
        @Nullable Double standardError,
        long runs) {}
