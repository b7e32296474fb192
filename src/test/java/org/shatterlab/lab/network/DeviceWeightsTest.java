package org.shatterlab.lab.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.ActivationCase;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;

class DeviceWeightsTest {

    private static final int WIDTH = 40;
    private static final ActivationCase PAPERS = new ActivationCase(new Activation.Relu(), Initialization.HE);
    private static final ActivationCase TALL = new ActivationCase(new Activation.Crelu(), Initialization.XAVIER);

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    /** Returns the weights of a hidden layer, one run after the other, row by row. */
    private static double[] weights(ActivationCase layer, Precision precision, long seed, int hidden, int... runs) {
        NetworkSpec.Rectifier network = layer.in(new SkipConnection.Feedforward(), WIDTH, Normalization.NONE, 0);
        List<RunDraws> draws = Arrays.stream(runs)
                .mapToObj(run -> new RunDraws(seed, network, run))
                .toList();
        try (NDManager manager = NDManager.newBaseManager();
                var sampled = new SampledNetwork(network, 1, draws, manager, precision, DrawSource.DEVICE)) {
            NDArray weights = sampled.hiddenWeights(hidden);
            assertThat(weights.getDataType()).isEqualTo(precision.type());
            assertThat(weights.getShape().getShape())
                    .containsExactly(runs.length, (long) layer.activation().outputsPerUnit() * WIDTH, WIDTH);
            return weights.toType(DataType.FLOAT64, true).toDoubleArray();
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void drawsSameWeightsInEveryBatch(Precision precision) {
        int each = 2 * WIDTH * WIDTH;
        for (int[] together : List.of(
                IntStream.range(0, 12).toArray(), new int[] {3, 4, 5, 6}, new int[] {8, 2, 3, 1, 0, 11, 5}, new int[] {
                    7, 7, 8
                })) {
            double[] weights = weights(TALL, precision, 3, 2, together);
            for (int i = 0; i < together.length; i++) {
                assertThat(Arrays.copyOfRange(weights, i * each, (i + 1) * each))
                        .as("run %d among %s", together[i], Arrays.toString(together))
                        .containsExactly(weights(TALL, precision, 3, 2, together[i]));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void drawsIndependentWeights(Precision precision) {
        List<double[]> draws = new ArrayList<>();
        draws.add(weights(PAPERS, precision, 3, 1, 0));
        draws.add(weights(PAPERS, precision, 3, 1, 1));
        draws.add(weights(PAPERS, precision, 3, 1, 5));
        draws.add(weights(PAPERS, precision, 3, 1, 10));
        draws.add(weights(PAPERS, precision, 3, 2, 0));
        draws.add(weights(PAPERS, precision, 4, 1, 0));
        draws.add(weights(new ActivationCase(new Activation.Prelu(0), Initialization.HE), precision, 3, 1, 0));
        for (int i = 0; i < draws.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(correlation(draws.get(i), draws.get(j)))
                        .as("of draws %d and %d", i, j)
                        .isCloseTo(0, within(5.0 / WIDTH));
            }
        }
    }

    /** Returns the correlation of weights of mean 0. */
    private static double correlation(double[] a, double[] b) {
        double product = 0;
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            squares += (a[i] * a[i] + b[i] * b[i]) / 2;
        }
        return product / squares;
    }

    static Stream<ActivationCase> independent() {
        return ActivationCase.all().stream()
                .filter(layer -> layer.initialization().isIndependent());
    }

    @ParameterizedTest
    @MethodSource("independent")
    void drawsNormalWeightsOfExpectedVariance(ActivationCase layer) {
        double variance = switch (layer.initialization()) {
                    case HE -> layer.activation().heGain();
                    case XAVIER -> 1;
                    case ORTHOGONAL, LOOKS_LINEAR -> throw new AssertionError();
                }
                / WIDTH;
        for (Precision precision : Precision.values()) {
            double[] weights =
                    weights(layer, precision, 5, 1, IntStream.range(0, 60).toArray());
            double[] powers = new double[5];
            for (double weight : weights) {
                for (int k = 1; k <= 4; k++) {
                    powers[k] += Math.pow(weight / Math.sqrt(variance), k) / weights.length;
                }
            }
            double fiveErrors = 5 / Math.sqrt(weights.length);
            assertThat(powers[1]).isCloseTo(0, within(fiveErrors));
            assertThat(powers[2]).isCloseTo(1, within(fiveErrors * Math.sqrt(2)));
            assertThat(powers[3]).isCloseTo(0, within(fiveErrors * Math.sqrt(15)));
            assertThat(powers[4]).isCloseTo(3, within(fiveErrors * Math.sqrt(96)));
        }
    }

    @Test
    void redrawsLayerWithSameWeights() {
        NetworkSpec.Rectifier network = PAPERS.in(new SkipConnection.Feedforward(), WIDTH, Normalization.NONE, 0);
        try (NDManager manager = NDManager.newBaseManager();
                var sampled = new SampledNetwork(
                        network,
                        1,
                        List.of(new RunDraws(1, network, 6)),
                        manager,
                        Precision.FLOAT32,
                        DrawSource.DEVICE)) {
            float[] first = sampled.hiddenWeights(4).toFloatArray();
            sampled.hiddenWeights(3);
            assertThat(sampled.hiddenWeights(4).toFloatArray()).containsExactly(first);
        }
    }
}
