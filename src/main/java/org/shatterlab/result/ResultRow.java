package org.shatterlab.result;

import org.jspecify.annotations.Nullable;

/**
 * One statistic of one network at one depth, over all runs measured so far.
 *
 * @param network its label
 * @param depth L; null for noise
 * @param index as the statistic defines it: a lag, a layer or a bin; null for a statistic with a single value
 * @param mean the estimate
 * @param standardDeviation over runs; null for fewer than two runs and for a ratio of means
 * @param standardError of the mean; null for fewer than two runs
 */
public record ResultRow(
        String network,
        @Nullable Integer depth,
        String statistic,
        @Nullable Integer index,
        double mean,
        @Nullable Double standardDeviation,
        @Nullable Double standardError,
        long runs,
        Predicted predictions) {

    /**
     * What theory says of the mean; each null where there is no such prediction.
     *
     * @param paper the paper's theorem
     * @param derived the paper's assumption, worked out for the recursion that is measured
     * @param infiniteWidth the exact value as the width tends to infinity
     * @param note why a prediction is missing
     */
    public record Predicted(
            @Nullable Double paper,
            @Nullable Double derived,
            @Nullable Double infiniteWidth,
            @Nullable String note) {}
}
