package org.shatterlab.lab.statistic;

import java.util.Arrays;

/** Computes the square matrices that follow from a stored covariance or series. */
public final class Matrices {

    private Matrices() {}

    /**
     * Returns the correlation R(i,j) = C(i,j) / sqrt(C(i,i) C(j,j)).
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
                        covariance[i * size + j] / Math.sqrt(covariance[i * size + i] * covariance[j * size + j]);
            }
        }
        return result;
    }

    /**
     * Returns C divided by the mean of its diagonal.
     *
     * @param covariance C, row-major M x M, with a diagonal that is not zero everywhere
     */
    public static double[] overMeanDiagonal(double[] covariance) {
        int size = (int) Math.sqrt(covariance.length);
        double trace = 0;
        for (int i = 0; i < size; i++) {
            trace += covariance[i * size + i];
        }
        double mean = trace / size;
        return Arrays.stream(covariance).map(c -> c / mean).toArray();
    }

    /**
     * Returns |(g-m)(g-m)^T| / var(g), with the mean m and the biased variance of the series.
     *
     * @param series g, M values that are not all equal
     * @return the matrix, row-major M x M
     */
    public static double[] outerProduct(double[] series) {
        int size = series.length;
        double mean = Arrays.stream(series).sum() / size;
        double variance =
                Arrays.stream(series).map(g -> (g - mean) * (g - mean)).sum() / size;
        double[] result = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                result[i * size + j] = Math.abs((series[i] - mean) * (series[j] - mean)) / variance;
            }
        }
        return result;
    }
}
