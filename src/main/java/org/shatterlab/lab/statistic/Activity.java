package org.shatterlab.lab.statistic;

import java.util.Arrays;

/** Computes statistics of the activity of one layer's rectifiers, over inputs and over pairs of inputs. */
public final class Activity {

    /** The number of bins of {@link #histogram}. */
    public static final int BINS = 20;

    private Activity() {}

    /**
     * Returns the fraction of pairs of one input and one unit in which the unit is active at the input.
     *
     * @param counts the number of inputs at which each unit is active
     * @param points M, the number of inputs
     */
    public static double rate(long[] counts, int points) {
        return (double) Arrays.stream(counts).sum() / counts.length / points;
    }

    /**
     * Returns the fraction of pairs of distinct inputs that both activate a unit, averaged over the units.
     *
     * <p>This is the mean of a (a-1) / (M (M-1)) over the units.
     *
     * @param counts a, the number of inputs at which each unit is active
     * @param points M, the number of inputs, at least 2
     */
    public static double coactivation(long[] counts, int points) {
        double pairs = Arrays.stream(counts).map(a -> a * (a - 1)).sum();
        return pairs / counts.length / points / (points - 1);
    }

    /**
     * Returns the histogram of the units by their mean activation, which is the fraction of inputs that activate a
     * unit.
     *
     * <p>A bin covers the mean activations [bin/20, (bin+1)/20). The last bin includes 1.
     *
     * @param counts the number of inputs at which each unit is active
     * @param points M, the number of inputs
     * @return the fraction of units in each of the {@link #BINS} bins
     */
    public static double[] histogram(long[] counts, int points) {
        double[] fractions = new double[BINS];
        for (long count : counts) {
            fractions[(int) Math.min(BINS - 1, BINS * count / points)] += 1.0 / counts.length;
        }
        return fractions;
    }

    /**
     * Returns the histogram of the lengths of contiguous inputs at which a unit keeps its state, active or inactive.
     *
     * <p>A bin counts the lengths from 2^bin to 2^(bin+1) - 1 inputs, over all units.
     *
     * @param active whether each unit is active at each input, M rows of N values in the order of the inputs
     * @param units N, the number of units
     * @return the fraction of lengths in each bin, with as many bins as a length of M needs
     */
    public static double[] contiguity(boolean[] active, int units) {
        int points = active.length / units;
        long[] runs = new long[bin(points) + 1];
        for (int unit = 0; unit < units; unit++) {
            int start = 0;
            for (int input = 1; input <= points; input++) {
                if (input == points || active[input * units + unit] != active[start * units + unit]) {
                    runs[bin(input - start)]++;
                    start = input;
                }
            }
        }
        double all = Arrays.stream(runs).sum();
        return Arrays.stream(runs).mapToDouble(count -> count / all).toArray();
    }

    /** Returns floor(log2(length)). */
    private static int bin(int length) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(length);
    }
}
