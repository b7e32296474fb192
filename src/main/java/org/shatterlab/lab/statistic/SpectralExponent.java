package org.shatterlab.lab.statistic;

import java.util.Arrays;

/**
 * Computes the spectral exponent of a series, which measures the decay of its power with frequency.
 *
 * <p>The exponent is the slope of the least-squares line through log |Z_k|^2 over log k at the frequencies k = 1..M/8.
 * Z is the discrete Fourier transform of the series minus its mean. White noise has the exponent 0, brown noise about
 * -2.
 */
public final class SpectralExponent {

    /** The smallest number of points. A line through fewer than four frequencies carries no information. */
    public static final int MIN_POINTS = 32;

    private static final int POINTS_PER_FREQUENCY = 8;

    /** An amplitude below this fraction of the sum of absolute values is zero apart from rounding. */
    private static final double ROUNDING = 1e-13;

    private SpectralExponent() {}

    /** Returns the number of frequencies that the line is fitted to. */
    public static int frequencies(int points) {
        return points / POINTS_PER_FREQUENCY;
    }

    /**
     * Returns the exponent of one series.
     *
     * @param series M values, at least {@link #MIN_POINTS}
     * @return the exponent, or NaN if the series has no power at one of the frequencies
     */
    public static double of(double[] series) {
        int points = series.length;
        double mean = Arrays.stream(series).sum() / points;
        double zero = ROUNDING * Arrays.stream(series).map(Math::abs).sum();
        double[] cosine = new double[points];
        double[] sine = new double[points];
        for (int i = 0; i < points; i++) {
            cosine[i] = Math.cos(2 * Math.PI * i / points);
            sine[i] = Math.sin(2 * Math.PI * i / points);
        }
        double[] logPower = new double[frequencies(points)];
        for (int k = 1; k <= logPower.length; k++) {
            double real = 0;
            double imaginary = 0;
            for (int i = 0; i < points; i++) {
                int turn = (int) ((long) k * i % points);
                real += (series[i] - mean) * cosine[turn];
                imaginary += (series[i] - mean) * sine[turn];
            }
            double amplitude = Math.hypot(real, imaginary);
            logPower[k - 1] = amplitude <= zero ? Double.NaN : 2 * Math.log(amplitude);
        }
        return slope(logPower);
    }

    /**
     * Returns the slope of the least-squares line over log k.
     *
     * @param logPower the logarithm of the power at k = 1, 2, ..
     */
    public static double slope(double[] logPower) {
        double[] x = new double[logPower.length];
        Arrays.setAll(x, i -> Math.log(i + 1));
        double mean = Arrays.stream(x).sum() / x.length;
        double product = 0;
        double square = 0;
        for (int i = 0; i < x.length; i++) {
            product += (x[i] - mean) * logPower[i];
            square += (x[i] - mean) * (x[i] - mean);
        }
        return product / square;
    }
}
