package org.shatterlab.lab.theory;

import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.Statistic;

/**
 * The predictions for one row of measurements.
 *
 * @param depth L, or null for noise, which has no depth
 * @param index the index that the statistic defines, or null if the statistic has one value per depth
 */
public record PredictedRow(
        Statistic statistic,
        @Nullable Integer depth,
        @Nullable Integer index,
        Predictions predictions) {}
