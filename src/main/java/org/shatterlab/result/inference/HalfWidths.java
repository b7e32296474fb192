package org.shatterlab.result.inference;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultRow;

/**
 * Computes half-widths of the 95% confidence intervals of means. A half-width is the standard error times the 97.5%
 * quantile of Student's t distribution with n - 1 degrees of freedom. Instances are not thread-safe.
 */
final class HalfWidths {

    private static final double UPPER_TAIL = 0.025;

    /** The quantiles by degrees of freedom. The map saves time, because many rows share few numbers of runs. */
    private final Map<Long, Double> quantiles = new HashMap<>();

    /** Returns the half-width of a row; null without a standard error, and for a half-width that is not finite. */
    @Nullable
    Double of(ResultRow row) {
        if (row.standardError() == null) {
            return null;
        }
        double halfWidth = row.standardError() * quantile(row.runs() - 1);
        return Double.isFinite(halfWidth) ? halfWidth : null;
    }

    private double quantile(long degreesOfFreedom) {
        return quantiles.computeIfAbsent(
                degreesOfFreedom, degrees -> TDistribution.of(degrees).inverseSurvivalProbability(UPPER_TAIL));
    }
}
