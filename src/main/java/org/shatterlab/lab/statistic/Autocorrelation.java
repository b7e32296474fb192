package org.shatterlab.lab.statistic;

import java.util.Arrays;

/**
 * Computes the biased sample autocorrelation of a series at the lags k = 0..15.
 *
 * <p>The autocorrelation is sum_i z_i z_{i+k} / sum_i z_i^2 with z = g - mean(g).
 */
public final class Autocorrelation {

    /** The number of lags, including lag 0. */
    public static final int LAGS = 16;

    private Autocorrelation() {}

    /**
     * Returns the autocorrelation of one series.
     *
     * @param series g, at least {@link #LAGS} values
     * @return one value per lag, or NaN at every lag if all values of the series are equal
     */
    public static double[] of(double[] series) {
        double[] products = products(series);
        if (!BinaryScale.isPrecise(products[0])) {
            products = products(BinaryScale.normalize(series));
        }
        double variation = products[0];
        return Arrays.stream(products).map(product -> product / variation).toArray();
    }

    /** Returns sum_i z_i z_{i+k} for each lag k. */
    private static double[] products(double[] series) {
        double mean = Arrays.stream(series).sum() / series.length;
        double[] z = Arrays.stream(series).map(g -> g - mean).toArray();
        double[] result = new double[LAGS];
        for (int lag = 0; lag < LAGS; lag++) {
            double sum = 0;
            for (int i = 0; i + lag < z.length; i++) {
                sum += z[i] * z[i + lag];
            }
            result[lag] = sum;
        }
        return result;
    }
}
