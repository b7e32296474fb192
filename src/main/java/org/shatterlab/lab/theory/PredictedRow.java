package org.shatterlab.lab.theory;

import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.Statistic;

/**
 * What is predicted for one row of measurements.
 *
 * @param depth L; null for noise
 * @param index as the statistic defines it; null where it has only one value
 */
public record PredictedRow(
        Statistic statistic,
        @Nullable Integer depth,
        @Nullable Integer index,
        Predictions predictions) {}
