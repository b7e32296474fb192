package org.shatterlab.lab.statistic;

import java.util.Arrays;

/** Computes the square matrices that follow from a stored covariance or series. */
public final class Matrices {

    private Matrices() {}

    /**
     * Returns the correlation R(i,j) = C(i,j) / sqrt(C(i,i) C(j,j)).
     *
     * <p>The product of two variances may leave the range of a double. The entry is then computed from variances that
     * are divided by powers of four.
     *
     * @param covariance C, row-major M x M
     * @return R, row-major M x M, with NaN for an input whose gradient is 0 in every run
     */
    public static double[] correlation(double[] covariance) {
        int size = (int) Math.sqrt(covariance.length);
        double[] result = new double[covariance.length];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                result[i * size + j] =
                        correlation(covariance[i * size + j], covariance[i * size + i], covariance[j * size + j]);
            }
        }
        return result;
    }

    private static double correlation(double covariance, double left, double right) {
        double product = left * right;
        if (SquareSum.isPrecise(product)) {
            return covariance / Math.sqrt(product);
        }
        int leftRoot = Math.getExponent(left) / 2;
        int rightRoot = Math.getExponent(right) / 2;
        double scaled = Math.scalb(left, -2 * leftRoot) * Math.scalb(right, -2 * rightRoot);
        return Math.scalb(covariance, -leftRoot - rightRoot) / Math.sqrt(scaled);
    }

    /**
     * Returns C divided by the mean of its diagonal.
     *
     * @param covariance C, row-major M x M, with a diagonal that is not zero everywhere
     */
    public static double[] overMeanDiagonal(double[] covariance) {
        double trace = trace(covariance);
        double[] values = Double.isFinite(trace) ? covariance : BinaryScale.normalize(covariance);
        double mean = trace(values) / (int) Math.sqrt(values.length);
        return Arrays.stream(values).map(c -> c / mean).toArray();
    }

    private static double trace(double[] covariance) {
        int size = (int) Math.sqrt(covariance.length);
        double trace = 0;
        for (int i = 0; i < size; i++) {
            trace += covariance[i * size + i];
        }
        return trace;
    }

    /**
     * Returns |(g-m)(g-m)^T| / var(g), with the mean m and the biased variance of the series.
     *
     * @param series g, M values that are not all equal
     * @return the matrix, row-major M x M
     */
    public static double[] outerProduct(double[] series) {
        double[] deviations = deviations(series);
        if (!BinaryScale.isPrecise(variance(deviations))) {
            deviations = deviations(BinaryScale.normalize(series));
        }
        double variance = variance(deviations);
        int size = series.length;
        double[] result = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                result[i * size + j] = Math.abs(deviations[i] * deviations[j]) / variance;
            }
        }
        return result;
    }

    private static double[] deviations(double[] series) {
        double mean = Arrays.stream(series).sum() / series.length;
        return Arrays.stream(series).map(g -> g - mean).toArray();
    }

    private static double variance(double[] deviations) {
        return Arrays.stream(deviations).map(z -> z * z).sum() / deviations.length;
    }
}
