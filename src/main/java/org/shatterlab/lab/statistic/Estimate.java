package org.shatterlab.lab.statistic;

import org.jspecify.annotations.Nullable;

/**
 * An estimate of a statistic over runs.
 *
 * @param mean the estimate
 * @param standardDeviation the standard deviation over runs with n - 1 in the denominator. Null for fewer than two
 *     runs, for a ratio of means, which has no value per run, and for a number that is not finite
 * @param standardError the standard error of {@code mean}. Null for fewer than two runs, and for a number that is not
 *     finite
 * @param runs the number of runs
 */
public record Estimate(
        double mean,
        @Nullable Double standardDeviation,
        @Nullable Double standardError,
        long runs) {

    /** Returns an estimate over two or more runs, with null for each error that is not finite. */
    static Estimate of(double mean, @Nullable Double standardDeviation, double standardError, long runs) {
        return new Estimate(
                mean,
                standardDeviation != null && Double.isFinite(standardDeviation) ? standardDeviation : null,
                Double.isFinite(standardError) ? standardError : null,
                runs);
    }

    /** Returns whether the runs have a standard error that left the range of floating-point numbers. */
    public boolean isErrorOutOfRange() {
        return runs > 1 && standardError == null;
    }
}
