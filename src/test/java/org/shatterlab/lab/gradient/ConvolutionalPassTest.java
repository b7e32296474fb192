package org.shatterlab.lab.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.network.ConvolutionalLayers.FrozenNormalization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledConvnet;
import org.shatterlab.lab.network.SkipConnection;

/** Compares the gradients with a network of loops in plain Java, which shares only the weights with the pass. */
class ConvolutionalPassTest {

    private static final int IMAGES = 5;
    private static final int CHANNELS = 3;
    private static final int SIDE = 28;
    private static final Dataset DATASET = Dataset.FASHION_MNIST;

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (SkipConnection skipConnection : List.of(
                new SkipConnection.Feedforward(),
                new SkipConnection.Resnet(1, 1),
                new SkipConnection.Resnet(0.9, 0.3))) {
            for (Normalization normalization : Normalization.values()) {
                cases.add(Arguments.of(skipConnection, normalization));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchesGradientsOfPlainConvnet(SkipConnection skipConnection, Normalization normalization) {
        try (NDManager manager = NDManager.newBaseManager()) {
            SampledConvnet network = network(skipConnection, normalization, 4, manager);
            double[] pixels = pixels();
            NDArray x = manager.create(pixels, new Shape(IMAGES, DATASET.dimension()));
            double[][] gradients = new double[2][];
            ConvolutionalPass.sweep(
                    network, x, List.of(2, 4), (depth, g) -> gradients[depth / 2 - 1] = g.toDoubleArray());

            for (int depth : List.of(2, 4)) {
                double[] expected = new PlainConvnet(network, pixels, depth).gradients();
                assertThat(relativeDifference(gradients[depth / 2 - 1], expected))
                        .as("depth " + depth)
                        .isLessThan(1e-10);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void ignoresNumberOfImagesPerPass(SkipConnection skipConnection, Normalization normalization) {
        try (NDManager manager = NDManager.newBaseManager()) {
            SampledConvnet network = network(skipConnection, normalization, 6, manager);
            NDArray x = manager.create(pixels(), new Shape(IMAGES, DATASET.dimension()));
            List<FrozenNormalization> frozen = ConvolutionalPass.frozen(network, x, 6, manager);
            double[] together = ConvolutionalPass.gradients(network, x, List.of(2, 6), frozen, IMAGES)
                    .toDoubleArray();
            for (int images = 1; images < IMAGES; images++) {
                assertThat(relativeDifference(
                                ConvolutionalPass.gradients(network, x, List.of(2, 6), frozen, images)
                                        .toDoubleArray(),
                                together))
                        .isLessThan(1e-10);
            }
        }
    }

    /** Checks the plain network itself. Its gradients must equal the slopes of its own output. */
    @ParameterizedTest
    @MethodSource("cases")
    void matchesDifferenceQuotientInPlainConvnet(SkipConnection skipConnection, Normalization normalization) {
        try (NDManager manager = NDManager.newBaseManager()) {
            SampledConvnet network = network(skipConnection, normalization, 2, manager);
            double[] pixels = pixels();
            PlainConvnet plain = new PlainConvnet(network, pixels, 2);
            double[] gradients = plain.gradients();
            double step = 1e-6;
            for (int k : new int[] {0, 27, 400, 784 + 29, 4 * 784 + 783}) {
                int image = k / DATASET.dimension();
                double[] up = pixels.clone();
                up[k] += step;
                double[] down = pixels.clone();
                down[k] -= step;
                assertThat((plain.output(up, image) - plain.output(down, image)) / (2 * step))
                        .isCloseTo(gradients[k], within(1e-7));
            }
        }
    }

    private static SampledConvnet network(
            SkipConnection skipConnection, Normalization normalization, int depth, NDManager manager) {
        var spec = new NetworkSpec.Convolutional(skipConnection, CHANNELS, normalization);
        return new SampledConvnet(spec, DATASET, depth, new RunDraws(1702, spec, 3), manager, Precision.FLOAT64);
    }

    private static double[] pixels() {
        return new Random(5).doubles(IMAGES * 784, -2, 2).toArray();
    }

    private static double relativeDifference(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double scale = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
        }
        assertThat(scale).as("the gradient is not trivially zero").isPositive();
        return difference / scale;
    }

    /**
     * A convolutional network that follows the definition number by number. Its normalisations use the statistics of
     * the batch that the constructor receives.
     */
    private static final class PlainConvnet {

        private static final int PIXELS = SIDE * SIDE;

        private final SampledConvnet network;
        private final int depth;
        private final double a;
        private final double b;
        private final double[] stem;
        private final List<double[]> kernels = new ArrayList<>();
        private final double[] readout;
        private final double[] batch;
        /** The mean of each channel at each layer, or 0 without normalisation. */
        private final double[][] mean;

        /** The standard deviation of each channel at each layer, or 1 without batch normalisation. */
        private final double[][] deviation;

        PlainConvnet(SampledConvnet network, double[] batch, int depth) {
            this.network = network;
            this.depth = depth;
            this.batch = batch;
            this.a = network.spec().skipConnection().coefficients(depth).skip();
            this.b = network.spec().skipConnection().coefficients(depth).branch();
            this.stem = network.stem().toDoubleArray();
            for (int layer = 1; layer <= depth; layer++) {
                kernels.add(network.kernel(layer).toDoubleArray());
            }
            this.readout =
                    network.readout(depth).toType(DataType.FLOAT64, false).toDoubleArray();
            this.mean = new double[depth][CHANNELS];
            this.deviation = new double[depth][CHANNELS];
            takeStatistics();
        }

        private void takeStatistics() {
            double[][] h = new double[IMAGES][];
            for (int i = 0; i < IMAGES; i++) {
                h[i] = convolve(image(batch, i), 1, stem);
            }
            for (int layer = 0; layer < depth; layer += 2) {
                takeStatistics(layer, h);
                double[][] u = new double[IMAGES][];
                for (int i = 0; i < IMAGES; i++) {
                    u[i] = convolve(rectified(layer, h[i]), CHANNELS, kernels.get(layer));
                }
                takeStatistics(layer + 1, u);
                for (int i = 0; i < IMAGES; i++) {
                    h[i] = sum(h[i], convolve(rectified(layer + 1, u[i]), CHANNELS, kernels.get(layer + 1)));
                }
            }
        }

        private void takeStatistics(int layer, double[][] h) {
            for (int c = 0; c < CHANNELS; c++) {
                double sum = 0;
                double squares = 0;
                for (double[] image : h) {
                    for (int p = 0; p < PIXELS; p++) {
                        sum += image[c * PIXELS + p];
                        squares += image[c * PIXELS + p] * image[c * PIXELS + p];
                    }
                }
                double average = sum / IMAGES / PIXELS;
                double variance = squares / IMAGES / PIXELS - average * average;
                mean[layer][c] = network.spec().normalization() == Normalization.NONE ? 0 : average;
                deviation[layer][c] =
                        network.spec().normalization() == Normalization.BATCH_NORM ? Math.sqrt(variance + 1e-5) : 1;
            }
        }

        /** Returns f for one of the images. */
        double output(double[] pixels, int image) {
            double[] h = convolve(image(pixels, image), 1, stem);
            for (int layer = 0; layer < depth; layer += 2) {
                double[] u = convolve(rectified(layer, h), CHANNELS, kernels.get(layer));
                h = sum(h, convolve(rectified(layer + 1, u), CHANNELS, kernels.get(layer + 1)));
            }
            double f = 0;
            for (int k = 0; k < h.length; k++) {
                f += readout[k / PIXELS] * h[k] / PIXELS;
            }
            return f;
        }

        double[] gradients() {
            double[] all = new double[IMAGES * PIXELS];
            for (int i = 0; i < IMAGES; i++) {
                System.arraycopy(gradient(image(batch, i)), 0, all, i * PIXELS, PIXELS);
            }
            return all;
        }

        private double[] gradient(double[] x) {
            List<double[]> before = new ArrayList<>();
            double[] h = convolve(x, 1, stem);
            for (int layer = 0; layer < depth; layer += 2) {
                double[] u = convolve(rectified(layer, h), CHANNELS, kernels.get(layer));
                before.add(h);
                before.add(u);
                h = sum(h, convolve(rectified(layer + 1, u), CHANNELS, kernels.get(layer + 1)));
            }
            double[] g = new double[h.length];
            for (int k = 0; k < g.length; k++) {
                g[k] = readout[k / PIXELS] / PIXELS;
            }
            for (int layer = depth - 2; layer >= 0; layer -= 2) {
                double[] ofU = gated(layer + 1, before.get(layer + 1), transposed(g, CHANNELS, kernels.get(layer + 1)));
                g = sum(g, gated(layer, before.get(layer), transposed(ofU, CHANNELS, kernels.get(layer))));
            }
            return transposed(g, 1, stem);
        }

        private double[] sum(double[] identity, double[] branch) {
            double[] sum = new double[identity.length];
            for (int k = 0; k < sum.length; k++) {
                sum[k] = a * identity[k] + b * branch[k];
            }
            return sum;
        }

        private double[] rectified(int layer, double[] h) {
            double[] result = new double[h.length];
            for (int k = 0; k < h.length; k++) {
                result[k] = Math.max(0, (h[k] - mean[layer][k / PIXELS]) / deviation[layer][k / PIXELS]);
            }
            return result;
        }

        private double[] gated(int layer, double[] h, double[] g) {
            double[] result = new double[h.length];
            for (int k = 0; k < h.length; k++) {
                result[k] = h[k] > mean[layer][k / PIXELS] ? g[k] / deviation[layer][k / PIXELS] : 0;
            }
            return result;
        }

        private static double[] image(double[] pixels, int image) {
            double[] x = new double[PIXELS];
            System.arraycopy(pixels, image * PIXELS, x, 0, PIXELS);
            return x;
        }

        private static double[] convolve(double[] h, int channels, double[] kernel) {
            double[] result = new double[CHANNELS * PIXELS];
            forEachTap(channels, (out, in, tap) -> result[out] += kernel[tap] * h[in]);
            return result;
        }

        private static double[] transposed(double[] g, int channels, double[] kernel) {
            double[] result = new double[channels * PIXELS];
            forEachTap(channels, (out, in, tap) -> result[in] += kernel[tap] * g[out]);
            return result;
        }

        private interface TapVisitor {
            void visit(int out, int in, int tap);
        }

        private static void forEachTap(int channels, TapVisitor visitor) {
            for (int out = 0; out < CHANNELS * PIXELS; out++) {
                int row = out % PIXELS / SIDE;
                int column = out % SIDE;
                for (int k = 0; k < channels * 9; k++) {
                    int y = row + k % 9 / 3 - 1;
                    int x = column + k % 3 - 1;
                    if (y >= 0 && y < SIDE && x >= 0 && x < SIDE) {
                        visitor.visit(out, k / 9 * PIXELS + y * SIDE + x, out / PIXELS * channels * 9 + k);
                    }
                }
            }
        }
    }
}
