package org.shatterlab.lab.statistic;

import java.util.Arrays;

/**
 * How the power of a series falls with its frequency: the slope of the least-squares line through log |Z_k|^2 over log k,
 * k = 1..M/8, with Z the discrete Fourier transform of the series less its mean. 0 for white noise, about -2 for brown.
 */
public final class SpectralExponent {

    /** A line through fewer than four frequencies says nothing. */
    public static final int MIN_POINTS = 32;

    private static final int LOWEST_PART = 8;

    /** Below this part of the sum of absolute values an amplitude is the rounding of zero. */
    private static final double ROUNDING = 1e-13;

    private SpectralExponent() {}

    /** How many frequencies the line goes through. */
    public static int frequencies(int points) {
        return points / LOWEST_PART;
    }

    /**
     * The exponent of one series.
     *
     * @param series M values, at least {@link #MIN_POINTS}
     * @return NaN for a series without power at one of the frequencies
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
     * The slope of the least-squares line over log k.
     *
     * @param logPower the values at k = 1, 2, ..
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
