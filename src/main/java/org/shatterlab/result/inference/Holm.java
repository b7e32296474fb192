package org.shatterlab.result.inference;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Corrects p-values for their number, as in Holm, "A simple sequentially rejective multiple test procedure" (1979): of m
 * in ascending order, the k-th becomes the largest of min(1, (m - j + 1) p_j) over j = 1..k. Whoever rejects those below
 * alpha is wrong about any with a probability of at most alpha, however the tests depend on each other.
 */
final class Holm {

    private Holm() {}

    /** The corrected p-values, in the order of those given. */
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
