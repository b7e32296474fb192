package org.shatterlab.lab.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.ActivationCase;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;

class HiddenWeightsTest {

    private static final int WIDTH = 40;

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    private static double[] weights(ActivationCase layer, int run, Precision precision) {
        NetworkSpec.Rectifier network = layer.in(new SkipConnection.Feedforward(), WIDTH, Normalization.NONE, 0);
        try (NDManager manager = NDManager.newBaseManager();
                var sampled = new SampledNetwork(
                        network, 1, List.of(new RunDraws(3, network, run)), manager, precision, DrawSource.HOST)) {
            NDArray weights = sampled.hiddenWeights(1);
            assertThat(weights.getShape().getShape())
                    .containsExactly(1, (long) layer.activation().outputsPerUnit() * WIDTH, WIDTH);
            return weights.toType(DataType.FLOAT64, true).toDoubleArray();
        }
    }

    /** Returns (W^T W)(j,k). */
    private static double product(double[] w, int j, int k) {
        double sum = 0;
        for (int row = 0; row < w.length; row += WIDTH) {
            sum += w[row + j] * w[row + k];
        }
        return sum;
    }

    static List<ActivationCase> all() {
        return ActivationCase.all();
    }

    static Stream<ActivationCase> orthogonal() {
        return ActivationCase.all().stream().filter(layer -> layer.initialization() == Initialization.ORTHOGONAL);
    }

    /** Returns N times the mean square of a weight, by the rule that a layer keeps the variance of the gradient. */
    private static double gain(ActivationCase layer) {
        if (layer.initialization() == Initialization.XAVIER || layer.initialization() == Initialization.LOOKS_LINEAR) {
            return 1;
        }
        return switch (layer.activation()) {
            case Activation.Relu() -> 2;
            case Activation.Crelu(), Activation.Linear() -> 1;
            case Activation.Prelu(double slope) -> 2 / (1 + slope * slope);
        };
    }

    @ParameterizedTest
    @MethodSource("all")
    void scalesWeightsForActivation(ActivationCase layer) {
        int runs = 20;
        double sum = 0;
        long count = 0;
        for (int run = 0; run < runs; run++) {
            double[] w = weights(layer, run, Precision.FLOAT64);
            sum += Arrays.stream(w).map(x -> x * x).sum();
            count += w.length;
        }
        double fourErrors = 4 * Math.sqrt(2.0 / count);
        assertThat(sum / count * WIDTH).isCloseTo(gain(layer), Percentage.withPercentage(100 * fourErrors));
    }

    @ParameterizedTest
    @MethodSource("orthogonal")
    void keepsVarianceWithOrthogonalColumns(ActivationCase layer) {
        double[] w = weights(layer, 0, Precision.FLOAT64);
        double square = gain(layer) * layer.activation().outputsPerUnit();
        for (int j = 0; j < WIDTH; j++) {
            for (int k = 0; k < WIDTH; k++) {
                assertThat(product(w, j, k)).isCloseTo(j == k ? square : 0, within(1e-12));
            }
        }
    }

    @Test
    void mirrorsOrthogonalWeightsForLooksLinear() {
        double[] both =
                weights(new ActivationCase(new Activation.Crelu(), Initialization.LOOKS_LINEAR), 0, Precision.FLOAT64);
        double[] upper = Arrays.copyOf(both, WIDTH * WIDTH);
        for (int i = 0; i < upper.length; i++) {
            assertThat(both[upper.length + i]).isEqualTo(-upper[i]);
        }
        for (int j = 0; j < WIDTH; j++) {
            for (int k = 0; k < WIDTH; k++) {
                assertThat(product(upper, j, k)).isCloseTo(j == k ? 1 : 0, within(1e-12));
            }
        }
    }

    /** Without the correction of signs, Householder's Q has a first entry of fixed sign and so is not uniform. */
    @Test
    void drawsUniformOrthogonalMatrices() {
        int runs = 2000;
        double trace = 0;
        double square = 0;
        double fourth = 0;
        for (int run = 0; run < runs; run++) {
            double[] w = weights(
                    new ActivationCase(new Activation.Linear(), Initialization.ORTHOGONAL), run, Precision.FLOAT64);
            double t = 0;
            for (int i = 0; i < WIDTH; i++) {
                t += w[i * WIDTH + i];
            }
            trace += t / runs;
            square += t * t / runs;
            fourth += t * t * t * t / runs;
        }
        // The trace of a uniform orthogonal matrix has the first moments of a standard normal value (Diaconis and
        // Shahshahani).
        assertThat(trace).isCloseTo(0, within(4 / Math.sqrt(runs)));
        assertThat(square).isCloseTo(1, within(4 * Math.sqrt(2.0 / runs)));
        assertThat(fourth).isCloseTo(3, within(4 * Math.sqrt(96.0 / runs)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void roundsSameWeightsToFloat32(ActivationCase layer) {
        double[] exact = weights(layer, 1, Precision.FLOAT64);
        double[] rounded = weights(layer, 1, Precision.FLOAT32);
        for (int i = 0; i < exact.length; i++) {
            assertThat(rounded[i]).isEqualTo((float) exact[i]);
        }
    }
}
