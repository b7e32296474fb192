package org.shatterlab.lab.statistic;

import org.jspecify.annotations.Nullable;

/**
 * What one run says of the gradients at M points.
 *
 * @param trace sum_i C(i,i) of this run
 * @param offDiagonal sum_{i!=j} C(i,j) of this run
 * @param gradient g, M values; null where no statistic needs it
 * @param covariance C of this run, row-major M x M; null where no statistic needs it
 */
public record GradientSample(
        double trace, double offDiagonal, double @Nullable [] gradient, double @Nullable [] covariance) {}
