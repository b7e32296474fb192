package org.shatterlab.result.inference;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Corrects p-values for the number of tests, as in Holm, "A simple sequentially rejective multiple test procedure"
 * (1979). For m p-values in ascending order, the k-th corrected p-value is the maximum of
 * {@code min(1, (m - j + 1) p_j)} over j = 1..k. Rejecting each hypothesis with a corrected p-value below alpha bounds
 * the probability of any false rejection by alpha. The bound holds for every dependence between the tests.
 */
final class Holm {

    private Holm() {}

    /** Returns the corrected p-values, in the order of the given p-values. */
    static double[] adjust(double[] pValues) {
        List<Integer> ascending = IntStream.range(0, pValues.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> pValues[i]))
                .toList();
        double[] adjusted = new double[pValues.length];
        double largest = 0;
        for (int rank = 0; rank < pValues.length; rank++) {
            int i = ascending.get(rank);
            largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[i]));
            adjusted[i] = largest;
        }
        return adjusted;
    }
}
