package org.shatterlab.lab.statistic;

import org.jspecify.annotations.Nullable;

/**
 * An estimate of a statistic over runs.
 *
 * @param mean the estimate
 * @param standardDeviation the standard deviation over runs with n - 1 in the denominator. Null for fewer than two
 *     runs, and for a ratio of means, which has no value per run
 * @param standardError the standard error of {@code mean}, or null for fewer than two runs
 * @param runs the number of runs
 */
public record Estimate(
        double mean,
        @Nullable Double standardDeviation,
        @Nullable Double standardError,
        long runs) {}
