package org.shatterlab.result.inference;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultRow;

/**
 * Half-widths of the 95% confidence intervals of means: the 97.5% quantile of Student's t distribution with n - 1 degrees of
 * freedom, times the standard error. Not safe for use by several threads.
 */
final class HalfWidths {

    private static final double OUTSIDE_ON_ONE_SIDE = 0.025;

    /** By degrees of freedom: rows are many and have the same few numbers of runs. */
    private final Map<Long, Double> quantiles = new HashMap<>();

    /** Null for a single run, which has no error. */
    @Nullable
    Double of(ResultRow row) {
        return row.standardError() == null ? null : row.standardError() * quantile(row.runs() - 1);
    }

    private double quantile(long degreesOfFreedom) {
        return quantiles.computeIfAbsent(
                degreesOfFreedom, degrees -> TDistribution.of(degrees).inverseSurvivalProbability(OUTSIDE_ON_ONE_SIDE));
    }
}
