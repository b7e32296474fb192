package org.shatterlab.lab.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;

class GradientKernelTest {

    private static final SkipConnection FEEDFORWARD = new SkipConnection.Feedforward();
    private static final BranchMoments RELU = new BranchMoments(2, 0);

    private static SkipConnection skipConnection(String family) {
        return switch (family) {
            case "feedforward" -> FEEDFORWARD;
            case "resnet" -> new SkipConnection.Resnet(1, 1);
            case "highway" -> new SkipConnection.Highway(Math.sqrt(1 / 24.0));
            default -> throw new IllegalArgumentException(family);
        };
    }

    private static GradientKernel kernel(
            SkipConnection skipConnection,
            Normalization normalization,
            InputSpec.Synthetic inputs,
            double firstBiasStd,
            int depth) {
        var kernel = new GradientKernel(Inputs.of(inputs), firstBiasStd, normalization, RELU);
        for (int l = 0; l < depth; l++) {
            kernel.advance(skipConnection.coefficients(depth));
        }
        assertThat(kernel.obstacle()).isNull();
        assertThat(kernel.depth()).isEqualTo(depth);
        return kernel;
    }

    private static GradientKernel onGrid(
            SkipConnection skipConnection, Normalization normalization, int points, int depth) {
        return kernel(skipConnection, normalization, new InputSpec.Grid(-2, 2, points), 1, depth);
    }

    private static double meanCorrelation(GradientKernel kernel, int points) {
        return IntStream.range(0, points)
                .boxed()
                .flatMapToDouble(i -> IntStream.range(0, points)
                        .filter(j -> j != i)
                        .mapToDouble(j ->
                                kernel.covariance(i, j) / Math.sqrt(kernel.covariance(i, i) * kernel.covariance(j, j))))
                .average()
                .orElseThrow();
    }

    private static double meanNeighbour(GradientKernel kernel, int points) {
        return IntStream.range(0, points - 1)
                .mapToDouble(i -> kernel.covariance(i, i + 1) / kernel.covariance(i, i))
                .average()
                .orElseThrow();
    }

    /** The reference is an independent implementation that agrees with simulations of width 400. */
    @ParameterizedTest
    @CsvSource({
        "feedforward, NONE,            1, 1,    0.5681, 0.9848",
        "feedforward, NONE,           10, 1,    0.0741, 0.867",
        "feedforward, MEAN_CENTERING,  4, 1,    0.1067, 0.8581",
        "feedforward, MEAN_CENTERING, 10, 1,   -0.0005, 0.345",
        "resnet,      NONE,           10, 1024, 0.2106, 0.929",
        "resnet,      MEAN_CENTERING, 10, 1024, 0.0873, 0.790",
        "highway,     NONE,           24, 1,    0.6781, 0.985"
    })
    void reproducesReferenceOnGrid(
            String family, Normalization normalization, int depth, double variance, double r, double neighbour) {
        GradientKernel kernel = onGrid(skipConnection(family), normalization, 64, depth);

        assertThat(kernel.meanVariance()).isCloseTo(variance, within(1e-12 * variance));
        assertThat(meanCorrelation(kernel, 64)).isCloseTo(r, within(0.6e-4));
        assertThat(meanNeighbour(kernel, 64)).isCloseTo(neighbour, within(0.6e-3));
    }

    @ParameterizedTest
    @CsvSource({"64, 0.0741", "256, 0.0850"})
    void correlationDependsOnNumberOfPoints(int points, double r) {
        assertThat(meanCorrelation(onGrid(FEEDFORWARD, Normalization.NONE, points, 10), points))
                .isCloseTo(r, within(0.6e-4));
    }

    /**
     * The reference is the same independent implementation. The tolerance allows for its different sample of points.
     */
    @ParameterizedTest
    @CsvSource({
        "feedforward, NONE,            1, 0, 0.500",
        "feedforward, NONE,            2, 0, 0.302",
        "feedforward, NONE,            4, 0, 0.1425",
        "feedforward, NONE,            4, 1, 0.268",
        "feedforward, MEAN_CENTERING,  1, 0, 0.495",
        "feedforward, MEAN_CENTERING,  2, 0, 0.245",
        "feedforward, MEAN_CENTERING,  4, 0, 0.060",
        "resnet,      NONE,            1, 0, 0.750",
        "resnet,      NONE,            2, 0, 0.582",
        "resnet,      NONE,            4, 0, 0.376",
        "highway,     NONE,           24, 0, 0.630"
    })
    void reproducesReferenceOnIndependentInputs(
            String family, Normalization normalization, int depth, double firstBiasStd, double r) {
        var inputs = new InputSpec.Gaussian(64, 200, 1);
        GradientKernel kernel = kernel(skipConnection(family), normalization, inputs, firstBiasStd, depth);

        assertThat(meanCorrelation(kernel, 64)).isCloseTo(r, within(0.005));
        assertThat(kernel.pooledCorrelation()).isCloseTo(meanCorrelation(kernel, 64), within(1e-9));
    }

    @Test
    void momentsMatchSumsOverSymmetricCovariance() {
        GradientKernel kernel = onGrid(new SkipConnection.Resnet(0.8, 0.5), Normalization.MEAN_CENTERING, 9, 3);

        double trace = 0;
        double offDiagonal = 0;
        for (int i = 0; i < 9; i++) {
            trace += kernel.covariance(i, i);
            for (int j = 0; j < 9; j++) {
                assertThat(kernel.covariance(i, j)).isEqualTo(kernel.covariance(j, i));
                offDiagonal += i == j ? 0 : kernel.covariance(i, j);
            }
        }
        assertThat(kernel.meanVariance()).isCloseTo(trace / 9, within(1e-14));
        assertThat(kernel.pooledCorrelation()).isCloseTo(offDiagonal / (8 * trace), within(1e-14));
    }

    @Test
    void ignoresOrderOfPoints() {
        double[][] x = {{-1.5}, {0.3}, {0.9}, {2}};
        int[] order = {2, 0, 3, 1};
        double[][] shuffled = IntStream.of(order).mapToObj(i -> x[i]).toArray(double[][]::new);
        var ordered = new GradientKernel(x, 0.5, Normalization.MEAN_CENTERING, RELU);
        var reordered = new GradientKernel(shuffled, 0.5, Normalization.MEAN_CENTERING, RELU);
        for (int l = 0; l < 5; l++) {
            ordered.advance(FEEDFORWARD.coefficients(5));
            reordered.advance(FEEDFORWARD.coefficients(5));
        }

        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                assertThat(reordered.covariance(i, j)).isCloseTo(ordered.covariance(order[i], order[j]), within(1e-13));
            }
        }
    }

    /**
     * The reference is the regression form of the recursion in 60 decimal digits (mpmath). On the finer grid 1 - c is
     * about 1e-13. In double precision the regression form would return rounding there.
     */
    @ParameterizedTest
    @CsvSource({
        "-2, 2,        feedforward, NONE,            5,  0.11982961329716228,    1e-13",
        "-2, 2,        feedforward, NONE,           50, -0.04796464984865998,    1e-12",
        "-2, 2,        feedforward, MEAN_CENTERING,  5,  0.012293435008614475,   1e-13",
        "-2, 2,        feedforward, MEAN_CENTERING, 50, -0.00028257151097400055, 1e-13",
        "-2, 2,        resnet,      NONE,           50, -0.038182639230187698,   1e-12",
        "-2, 2,        resnet,      MEAN_CENTERING, 50, -0.0013357978817783427,  1e-13",
        "1,  1.000011, feedforward, NONE,            5,  0.99999655169400285,    1e-10",
        "1,  1.000011, feedforward, NONE,           50,  0.9999655184217608,     1e-10",
        "1,  1.000011, resnet,      NONE,           50,  0.99998275880752682,    1e-10"
    })
    void keepsPrecisionForCloseNeighbours(
            double from,
            double to,
            String family,
            Normalization normalization,
            int depth,
            double correlation,
            double tolerance) {
        GradientKernel kernel =
                kernel(skipConnection(family), normalization, new InputSpec.Grid(from, to, 12), 1, depth);

        assertThat(kernel.pooledCorrelation()).isCloseTo(correlation, within(tolerance));
    }

    @Test
    void stopsAtPointsTooCloseTogether() {
        var kernel = new GradientKernel(
                Inputs.of(new InputSpec.Grid(1, 1.000011, 12)), 1, Normalization.MEAN_CENTERING, RELU);

        kernel.advance(FEEDFORWARD.coefficients(2));
        assertThat(kernel.obstacle()).isNull();
        kernel.advance(FEEDFORWARD.coefficients(2));
        assertThat(kernel.obstacle()).isEqualTo(GradientKernel.DEGENERATE);
    }

    @Test
    void separatesRaysWithoutBias() {
        double[][] x = {{-2}, {-1}, {1}, {3}};
        var kernel = new GradientKernel(x, 0, Normalization.NONE, RELU);

        kernel.advance(FEEDFORWARD.coefficients(1));

        // A unit is active on all of a ray or on none of it, and never on both rays.
        assertThat(kernel.covariance(0, 1)).isCloseTo(1, within(1e-7));
        assertThat(kernel.covariance(2, 3)).isCloseTo(1, within(1e-7));
        assertThat(kernel.covariance(1, 2)).isCloseTo(0, within(1e-7));
    }

    @Test
    void batchNormVarianceGrowsPerLayer() {
        // Batch norm keeps the mean of the rectifier's output. The variance therefore grows by about pi / (pi - 1) per
        // layer, while the correlation halves as in the paper.
        GradientKernel kernel =
                new GradientKernel(Inputs.of(new InputSpec.Gaussian(256, 200, 1)), 0, Normalization.BATCH_NORM, RELU);
        kernel.advance(FEEDFORWARD.coefficients(1));
        double first = kernel.meanVariance();
        kernel.advance(FEEDFORWARD.coefficients(1));

        assertThat(first).isCloseTo(1, within(0.05));
        assertThat(kernel.meanVariance() / first).isCloseTo(Math.PI / (Math.PI - 1), within(0.05));
        assertThat(kernel.pooledCorrelation()).isCloseTo(0.25, within(0.01));
    }

    @Test
    void stopsAtOriginWithoutBias() {
        var kernel = new GradientKernel(Inputs.of(new InputSpec.Grid(-1, 1, 3)), 0, Normalization.NONE, RELU);

        kernel.advance(FEEDFORWARD.coefficients(1));

        assertThat(kernel.obstacle()).isEqualTo(GradientKernel.DEGENERATE);
    }

    @Test
    void stopsAtMeanOfCentredBatch() {
        double[][] x = {{0.1, 0.7}, {0.5, 0.3}, {0.3, 0.5}};
        var kernel = new GradientKernel(x, 1, Normalization.MEAN_CENTERING, RELU);

        kernel.advance(FEEDFORWARD.coefficients(1));

        assertThat(kernel.obstacle()).isEqualTo(GradientKernel.DEGENERATE);
    }

    @Test
    void skipsFirstNormalizationInOneDimension() {
        double[][] x = Inputs.of(new InputSpec.Gaussian(8, 1, 3));
        var centred = new GradientKernel(x, 1, Normalization.MEAN_CENTERING, RELU);
        var plain = new GradientKernel(x, 1, Normalization.NONE, RELU);

        centred.advance(FEEDFORWARD.coefficients(1));
        plain.advance(FEEDFORWARD.coefficients(1));

        assertThat(centred.pooledCorrelation()).isEqualTo(plain.pooledCorrelation());
    }
}
