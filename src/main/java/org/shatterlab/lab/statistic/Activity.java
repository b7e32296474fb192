package org.shatterlab.lab.statistic;

import java.util.Arrays;

/** How often the rectifiers of one layer are active, over the inputs and over pairs of them. */
public final class Activity {

    /** The bins of {@link #histogram}. */
    public static final int BINS = 20;

    private Activity() {}

    /**
     * The fraction of (input, unit) that is active.
     *
     * @param counts at how many inputs each unit is active
     * @param points M
     */
    public static double rate(long[] counts, int points) {
        return (double) Arrays.stream(counts).sum() / counts.length / points;
    }

    /**
     * The fraction of pairs of distinct inputs at both of which a unit is active, averaged over the units: the mean of
     * a (a-1) / (M (M-1)).
     *
     * @param counts a, at how many inputs each unit is active
     * @param points M, at least 2
     */
    public static double coactivation(long[] counts, int points) {
        double pairs = Arrays.stream(counts).map(a -> a * (a - 1)).sum();
        return pairs / counts.length / points / (points - 1);
    }

    /**
     * The fraction of units that are active at a fraction of [bin/20, (bin+1)/20) of the inputs; the last bin includes 1.
     *
     * @param counts at how many inputs each unit is active
     * @param points M
     * @return {@link #BINS} fractions
     */
    public static double[] histogram(long[] counts, int points) {
        double[] fractions = new double[BINS];
        for (long count : counts) {
            fractions[(int) Math.min(BINS - 1, BINS * count / points)] += 1.0 / counts.length;
        }
        return fractions;
    }

    /**
     * Contiguous runs of inputs at which a unit is active, or is not, by their length: what fraction of the runs of all
     * units is 2^bin to 2^(bin+1) - 1 inputs long.
     *
     * @param active whether each unit is active at each input: M rows of N, in the order of the inputs
     * @param units N
     * @return as many fractions as there are bins for lengths up to M
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

    /** floor(log2(length)). */
    private static int bin(int length) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(length);
    }
}
