package org.shatterlab.lab.statistic;

/**
 * Encodes a sum of squared deviations as one number that neither overflows nor loses digits.
 *
 * <p>A sum from 2^-960 up to the largest double is its own code, and so is 0. The square of a deviation beyond 1e154
 * overflows, and the square of one below 1e-154 loses digits. The code of such a sum is negative: minus the root mean
 * square of the deviations, which is in range whenever the deviations are.
 */
final class SquareSum {

    /** A smaller sum may have terms below the normal range, which have fewer digits. */
    private static final double MIN_PRECISE = 0x1p-960;

    private SquareSum() {}

    /** Returns whether a sum, or another square, lies in the range in which its terms neither overflow nor underflow. */
    static boolean isPrecise(double sum) {
        return sum >= MIN_PRECISE && sum <= Double.MAX_VALUE;
    }

    /**
     * Returns the code of a sum.
     *
     * @param rootMean the root mean square of the deviations
     * @param count the number of deviations
     */
    static double encode(double rootMean, long count) {
        double sum = rootMean * rootMean * count;
        return rootMean == 0 || isPrecise(sum) ? sum : -rootMean;
    }

    /**
     * Returns the root mean square of the deviations.
     *
     * @param code the code of their sum
     * @param count the number of deviations
     */
    static double rootMean(double code, long count) {
        return code < 0 ? -code : Math.sqrt(code / count);
    }

    /**
     * Returns the mean of two groups of runs.
     *
     * @param weight the share of the right group in all runs
     */
    static double combinedMean(double left, double right, double weight) {
        double delta = right - left;
        return Double.isInfinite(delta) ? left * (1 - weight) + right * weight : left + delta * weight;
    }

    /**
     * Returns the root mean square of the deviations in two groups of runs from their common mean.
     *
     * @param left the root mean square of the left group
     * @param right the root mean square of the right group
     * @param delta the difference of the means
     * @param weight the share of the right group in all runs
     */
    static double combinedRootMean(double left, double right, double delta, double weight) {
        double within = Math.hypot(Math.sqrt(1 - weight) * left, Math.sqrt(weight) * right);
        return Math.hypot(within, Math.sqrt(weight * (1 - weight)) * delta);
    }
}
