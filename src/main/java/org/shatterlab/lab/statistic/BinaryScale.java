package org.shatterlab.lab.statistic;

import java.util.Arrays;

/**
 * Divides numbers by a power of two, so that sums of their squares stay in range.
 *
 * <p>The division changes no digit. It is needed only if such a sum is {@linkplain #isPrecise imprecise}.
 */
public final class BinaryScale {

    /** A sum of squares between this number and its reciprocal lost no digit to a square that is out of range. */
    private static final double MIN_PRECISE = 0x1p-900;

    private BinaryScale() {}

    /** Returns whether a sum of squares is large enough and small enough to have its full precision. */
    public static boolean isPrecise(double sumOfSquares) {
        return sumOfSquares >= MIN_PRECISE && sumOfSquares <= 1 / MIN_PRECISE;
    }

    /** Returns the numbers over the power of two that brings the largest of them to 1 up to 2. */
    public static double[] normalize(double[] values) {
        double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
        if (largest == 0 || !Double.isFinite(largest)) {
            return values.clone();
        }
        int exponent = Math.getExponent(largest);
        return Arrays.stream(values).map(value -> Math.scalb(value, -exponent)).toArray();
    }
}
