package org.shatterlab.result.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GradientClustersTest {

    /** Returns the covariance of noisy gradients. Input i has a gradient along direction i modulo 10. */
    private static double[] covariance(int inputs) {
        var random = new Random(5);
        double[][] gradients = IntStream.range(0, inputs)
                .mapToObj(i -> IntStream.range(0, 12)
                        .mapToDouble(k -> (k == i % 10 ? 1 : 0) + 0.05 * random.nextGaussian())
                        .toArray())
                .toArray(double[][]::new);
        var covariance = new double[inputs * inputs];
        Arrays.setAll(covariance, at -> dot(gradients[at / inputs], gradients[at % inputs]));
        return covariance;
    }

    private static double dot(double[] x, double[] y) {
        return IntStream.range(0, x.length).mapToDouble(k -> x[k] * y[k]).sum();
    }

    @Test
    void groupsInputsWithSimilarGradients() {
        int[] order = GradientClusters.order(covariance(60));

        assertThat(order).containsExactlyInAnyOrder(IntStream.range(0, 60).toArray());
        long changes = IntStream.range(1, 60)
                .filter(i -> order[i] % 10 != order[i - 1] % 10)
                .count();
        assertThat(changes).isEqualTo(9);
    }

    @Test
    void ordersEqualCovariancesEqually() {
        assertThat(GradientClusters.order(covariance(40))).isEqualTo(GradientClusters.order(covariance(40)));
    }

    @Test
    void keepsInputsWithEqualGradients() {
        assertThat(GradientClusters.order(new double[] {1, 1, 1, 1})).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void reordersRowsAndColumnsTogether() {
        assertThat(GradientClusters.reorder(new double[] {1, 2, 2, 5}, new int[] {1, 0}))
                .containsExactly(5, 2, 2, 1);
    }
}
