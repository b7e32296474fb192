package org.shatterlab.lab.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

class TheoryTest {

    private static final DatasetFolder NO_DATASETS = new DatasetFolder(Path.of("target/no-such-folder"));
    private static final InputSpec GRID = new InputSpec.Grid(-2, 2, 16);

    private static GradientPredictions predict(
            SkipConnection skipConnection,
            Normalization normalization,
            InputSpec inputs,
            double firstBiasStd,
            int depth) {
        var network = new NetworkSpec.Rectifier(skipConnection, 100, normalization, firstBiasStd);
        return at(Theory.predict(network, inputs, NO_DATASETS, List.of(depth)), depth);
    }

    private static GradientPredictions predict(SkipConnection skipConnection, Normalization normalization, int depth) {
        return predict(skipConnection, normalization, GRID, 1, depth);
    }

    private static <T> T at(Map<Integer, T> byDepth, int depth) {
        return Objects.requireNonNull(byDepth.get(depth), () -> "No prediction at depth " + depth);
    }

    private static double value(Prediction prediction) {
        return switch (prediction) {
            case Prediction.Value(double value) -> value;
            case Prediction.None(String reason) -> throw new AssertionError(reason);
        };
    }

    private static String reason(Prediction prediction) {
        return switch (prediction) {
            case Prediction.Value(double value) -> throw new AssertionError("Unexpected prediction " + value);
            case Prediction.None(String reason) -> reason;
        };
    }

    @ParameterizedTest
    @EnumSource
    void theorem1HalvesCorrelationPerLayer(Normalization normalization) {
        GradientPredictions predictions = predict(new SkipConnection.Feedforward(), normalization, 5);

        assertThat(value(predictions.variance().paper())).isEqualTo(1);
        assertThat(value(predictions.correlation().paper())).isEqualTo(1 / 32.0);
        assertThat(predictions.variance().derived())
                .isEqualTo(predictions.variance().paper());
        assertThat(predictions.correlation().derived())
                .isEqualTo(predictions.correlation().paper());
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "MEAN_CENTERING"})
    void theorem2DoublesVariancePerLayer(Normalization normalization) {
        GradientPredictions predictions = predict(new SkipConnection.Resnet(1, 1), normalization, 3);

        assertThat(value(predictions.variance().paper())).isEqualTo(8);
        assertThat(value(predictions.correlation().paper())).isEqualTo(27 / 64.0);
        assertThat(value(predictions.variance().derived())).isEqualTo(8);
        assertThat(value(predictions.correlation().derived())).isCloseTo(27 / 64.0, within(1e-15));
    }

    @Test
    void derivesRescaledTheorem2() {
        double alpha = 0.8;
        double beta = 0.5;
        GradientPredictions predictions = predict(new SkipConnection.Resnet(alpha, beta), Normalization.NONE, 4);

        assertThat(value(predictions.variance().derived()))
                .isCloseTo(Math.pow(alpha * alpha * (1 + beta * beta), 4), within(1e-14));
        assertThat(value(predictions.correlation().derived()))
                .isCloseTo(Math.pow((1 + beta * beta / 2) / (1 + beta * beta), 4), within(1e-14));
        assertThat(reason(predictions.variance().paper())).contains("Theorem 2", "alpha = beta = 1");
        assertThat(reason(predictions.correlation().paper())).contains("Theorem 2", "alpha = beta = 1");
    }

    @Test
    void theorem3CountsOneLayerLess() {
        // With beta = 1, q_l = 1 / (1 + l). For l = 0, 1 this gives C(i,i) = 2 * 3/2 = 3 and C(i,j) = 3/2 * 5/4.
        GradientPredictions predictions = predict(new SkipConnection.Resnet(1, 1), Normalization.BATCH_NORM, 3);

        assertThat(value(predictions.variance().paper())).isEqualTo(3);
        assertThat(value(predictions.correlation().paper())).isCloseTo(15 / 8.0 / 3, within(1e-15));
        assertThat(value(predictions.variance().derived())).isCloseTo(4, within(1e-14));
        assertThat(value(predictions.correlation().derived())).isCloseTo(15 / 8.0 * 7 / 6 / 4, within(1e-14));
    }

    @ParameterizedTest
    @CsvSource({"0.1, 1", "0.1, 50", "1, 2", "2, 10"})
    void derivedTheorem3CountsAllLayers(double beta, int depth) {
        var resnet = new SkipConnection.Resnet(1, beta);
        Predictions deeper =
                predict(resnet, Normalization.BATCH_NORM, depth + 1).variance();
        Predictions deeperCorrelation =
                predict(resnet, Normalization.BATCH_NORM, depth + 1).correlation();
        GradientPredictions here = predict(resnet, Normalization.BATCH_NORM, depth);
        double product = IntStream.range(0, depth)
                .mapToDouble(l -> 1 + beta * beta / (1 + beta * beta * l))
                .reduce(1, (x, y) -> x * y);

        assertThat(value(here.variance().derived()))
                .isCloseTo(product, within(1e-12))
                .isCloseTo(value(deeper.paper()), within(1e-12));
        assertThat(value(here.correlation().derived()))
                .isCloseTo(value(deeperCorrelation.paper()), within(1e-14))
                .isLessThan(1);
    }

    @Test
    void theorem3ApproachesItsAsymptote() {
        double correlation = value(predict(
                        new SkipConnection.Resnet(1, 1),
                        Normalization.BATCH_NORM,
                        new InputSpec.Grid(-2, 2, 2),
                        1,
                        100_000)
                .correlation()
                .paper());

        // At beta = 1, prod (1 + q/2) / (1 + q) approaches Gamma(1) / Gamma(3/2) / sqrt(L).
        assertThat(correlation * Math.sqrt(100_000)).isCloseTo(2 / Math.sqrt(Math.PI), within(1e-4));
    }

    @Test
    void derivesBatchNormForAnyAlpha() {
        double a2 = 0.64;
        double b2 = 0.64 * 0.25;
        GradientPredictions predictions = predict(new SkipConnection.Resnet(0.8, 0.5), Normalization.BATCH_NORM, 2);
        double v = a2 + b2;

        assertThat(value(predictions.variance().derived())).isCloseTo(v * (a2 + b2 / v), within(1e-15));
        assertThat(value(predictions.correlation().derived()))
                .isCloseTo((a2 + b2 / 2) / (a2 + b2) * (a2 + b2 / v / 2) / (a2 + b2 / v), within(1e-15));
        assertThat(reason(predictions.variance().paper())).contains("Theorem 3", "alpha = 1");
    }

    @Test
    void corollary1KeepsVarianceOfHighways() {
        GradientPredictions predictions = predict(new SkipConnection.Highway(0.6), Normalization.NONE, 3);

        assertThat(value(predictions.variance().paper())).isEqualTo(1);
        assertThat(value(predictions.correlation().paper())).isCloseTo(Math.pow(0.64 + 0.18, 3), within(1e-15));
        assertThat(value(predictions.variance().derived())).isCloseTo(1, within(1e-15));
        assertThat(value(predictions.correlation().derived())).isCloseTo(Math.pow(0.82, 3), within(1e-15));
    }

    @Test
    void corollary1ApproachesItsLimit() {
        GradientPredictions at24 = predict(new SkipConnection.ScaledHighway(), Normalization.MEAN_CENTERING, 24);
        GradientPredictions deep = predict(new SkipConnection.ScaledHighway(), Normalization.MEAN_CENTERING, 10_000);

        assertThat(value(at24.correlation().paper())).isCloseTo(0.6033, within(5e-5));
        assertThat(value(deep.correlation().paper())).isCloseTo(1 / Math.sqrt(Math.E), within(1e-4));
    }

    @Test
    void corollary1ExcludesBatchNorm() {
        GradientPredictions predictions = predict(new SkipConnection.ScaledHighway(), Normalization.BATCH_NORM, 4);

        assertThat(reason(predictions.variance().paper())).contains("Corollary 1");
        assertThat(value(predictions.correlation().derived())).isCloseTo(Math.pow(1 - 0.125, 4), within(1e-14));
    }

    private static GradientPredictions predict(Activation activation, Initialization initialization, InputSpec inputs) {
        var network = new NetworkSpec.Rectifier(
                new SkipConnection.Feedforward(), 100, Normalization.NONE, activation, initialization, 0);
        return at(Theory.predict(network, inputs, NO_DATASETS, List.of(6)), 6);
    }

    @Test
    void paperExcludesOtherLayers() {
        for (GradientPredictions predictions : List.of(
                predict(new Activation.Crelu(), Initialization.HE, GRID),
                predict(new Activation.Prelu(0), Initialization.HE, GRID),
                predict(new Activation.Relu(), Initialization.ORTHOGONAL, GRID))) {
            assertThat(reason(predictions.variance().paper())).contains("activation relu with initialization he");
            assertThat(reason(predictions.correlation().paper())).contains("activation relu with initialization he");
        }
    }

    @Test
    void creluAndFlatPreluMatchRelu() {
        GradientPredictions relu = predict(new Activation.Relu(), Initialization.HE, GRID);
        for (GradientPredictions same : List.of(
                predict(new Activation.Crelu(), Initialization.HE, GRID),
                predict(new Activation.Crelu(), Initialization.ORTHOGONAL, GRID),
                predict(new Activation.Prelu(0), Initialization.HE, GRID))) {
            assertThat(same.correlation().infiniteWidth())
                    .isEqualTo(relu.correlation().infiniteWidth());
            assertThat(same.correlation().derived())
                    .isEqualTo(relu.correlation().derived());
        }
    }

    @Test
    void xavierHalvesVarianceButNotCorrelation() {
        GradientPredictions he = predict(new Activation.Relu(), Initialization.HE, GRID);
        GradientPredictions xavier = predict(new Activation.Relu(), Initialization.XAVIER, GRID);

        assertThat(value(xavier.variance().derived())).isEqualTo(1 / 64.0);
        assertThat(value(xavier.variance().infiniteWidth())).isCloseTo(1 / 64.0, within(1e-15));
        assertThat(value(xavier.correlation().infiniteWidth()))
                .isCloseTo(value(he.correlation().infiniteWidth()), within(1e-12));
    }

    @Test
    void paperExcludesActivityOfOtherLayers() {
        var crelu = new NetworkSpec.Rectifier(
                new SkipConnection.Feedforward(),
                100,
                Normalization.NONE,
                new Activation.Crelu(),
                Initialization.HE,
                1);
        Predictions coactivation = at(activity(Statistic.COACTIVATION_RATE, crelu, GRID, 2), 2);

        assertThat(reason(coactivation.paper())).isEqualTo(PaperTheorems.OTHER_LAYER);
        assertThat(value(coactivation.derived())).isEqualTo(0.25);
        assertThat(value(coactivation.infiniteWidth())).isBetween(0.25, 0.5);
    }

    @Test
    void omitsActivityOfZeroLinearUnits() {
        var linear = new NetworkSpec.Rectifier(
                new SkipConnection.Feedforward(),
                100,
                Normalization.NONE,
                new Activation.Linear(),
                Initialization.HE,
                0);
        Predictions coactivation =
                at(activity(Statistic.COACTIVATION_RATE, linear, new InputSpec.Grid(-1, 1, 3), 2), 2);

        assertThat(reason(coactivation.infiniteWidth())).isEqualTo(GradientKernel.DEGENERATE);
    }

    @Test
    void derivesPreluFromItsSlope() {
        double s = 0.25;
        GradientPredictions predictions = predict(new Activation.Prelu(s), Initialization.HE, GRID);

        assertThat(value(predictions.variance().derived())).isCloseTo(1, within(1e-15));
        assertThat(value(predictions.correlation().derived()))
                .isCloseTo(Math.pow(2 / (1 + s * s) * ((1 - s) * (1 - s) / 4 + s), 6), within(1e-14));
    }

    @Test
    void linearNetworksKeepCorrelationAtOrigin() {
        for (GradientPredictions predictions : List.of(
                predict(new Activation.Linear(), Initialization.HE, new InputSpec.Grid(-1, 1, 3)),
                predict(new Activation.Prelu(1), Initialization.LOOKS_LINEAR, new InputSpec.Grid(-1, 1, 3)),
                predict(new Activation.Crelu(), Initialization.LOOKS_LINEAR, new InputSpec.Grid(-1, 1, 3)))) {
            assertThat(value(predictions.variance().infiniteWidth())).isCloseTo(1, within(1e-15));
            assertThat(value(predictions.correlation().infiniteWidth())).isCloseTo(1, within(1e-15));
            assertThat(value(predictions.correlation().derived())).isCloseTo(1, within(1e-15));
        }
    }

    @Test
    void predictsDepthsTogetherOrAlone() {
        for (SkipConnection skipConnection :
                List.of(new SkipConnection.Resnet(1, 0.5), new SkipConnection.ScaledHighway())) {
            var network = new NetworkSpec.Rectifier(skipConnection, 100, Normalization.MEAN_CENTERING, 1);
            SortedMap<Integer, GradientPredictions> together =
                    Theory.predict(network, GRID, NO_DATASETS, List.of(7, 2, 4, 2));

            assertThat(together.keySet()).containsExactly(2, 4, 7);
            together.forEach((depth, predictions) ->
                    assertThat(predictions).isEqualTo(predict(skipConnection, Normalization.MEAN_CENTERING, depth)));
        }
    }

    @Test
    void plainFeedforwardCorrelationExceedsPaper() {
        GradientPredictions predictions =
                predict(new SkipConnection.Feedforward(), Normalization.NONE, new InputSpec.Gaussian(64, 200, 1), 0, 4);

        assertThat(value(predictions.variance().infiniteWidth())).isCloseTo(1, within(1e-12));
        assertThat(value(predictions.correlation().infiniteWidth())).isCloseTo(0.1425, within(0.005));
        assertThat(value(predictions.correlation().paper())).isEqualTo(0.0625);
    }

    @Test
    void omitsBatchNormOnGrid() {
        GradientPredictions predictions = predict(new SkipConnection.Feedforward(), Normalization.BATCH_NORM, 4);

        assertThat(reason(predictions.variance().infiniteWidth())).contains("batch normalisation", "1024", "100");
        assertThat(reason(predictions.correlation().infiniteWidth())).contains("batch normalisation", "1024", "100");
    }

    @Test
    void predictsBatchNormOnLargeBatch() {
        var inputs = new InputSpec.Gaussian(1024, 100, 1);
        GradientPredictions predictions =
                predict(new SkipConnection.Feedforward(), Normalization.BATCH_NORM, inputs, 0, 2);

        assertThat(value(predictions.variance().infiniteWidth())).isCloseTo(Math.PI / (Math.PI - 1), within(0.03));
        assertThat(value(predictions.correlation().infiniteWidth())).isCloseTo(0.25, within(0.01));
    }

    @ParameterizedTest
    @CsvSource({"1023, 100", "1024, 99"})
    void omitsBatchNormOnSmallBatch(int points, int dimension) {
        var inputs = new InputSpec.Gaussian(points, dimension, 1);

        assertThat(reason(predict(new SkipConnection.Feedforward(), Normalization.BATCH_NORM, inputs, 0, 2)
                        .variance()
                        .infiniteWidth()))
                .contains("Gaussian inputs of at least 1024 points in at least 100 dimensions");
    }

    @Test
    void omitsOriginWithoutBias() {
        GradientPredictions predictions =
                predict(new SkipConnection.Feedforward(), Normalization.NONE, new InputSpec.Grid(-1, 1, 3), 0, 2);

        assertThat(reason(predictions.correlation().infiniteWidth())).isEqualTo(GradientKernel.DEGENERATE);
        assertThat(value(predictions.correlation().derived())).isEqualTo(0.25);
    }

    @Test
    void omitsTooManyPoints() {
        GradientPredictions predictions =
                predict(new SkipConnection.Feedforward(), Normalization.NONE, new InputSpec.Grid(-1, 1, 2049), 1, 2);

        assertThat(reason(predictions.correlation().infiniteWidth())).contains("2048 points");
    }

    @Test
    void stopsAtBudget() {
        var network = new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 100, Normalization.NONE, 1);
        SortedMap<Integer, InfiniteWidth.Limit> limits =
                InfiniteWidth.walk(network, new double[5][1], new TreeSet<>(List.of(2, 4, 5, 9)), 5 * 5 * 4);

        assertThat(at(limits, 4).moments()).isEqualTo(GradientMoments.of(1, 1));
        assertThat(reason(at(limits, 5).moments().variance())).contains("points x points x layers");
        assertThat(reason(at(limits, 9).moments().correlation())).contains("points x points x layers");
    }

    @Test
    void addsCostOfDifferentNetworks() {
        var network = new NetworkSpec.Rectifier(new SkipConnection.ScaledHighway(), 100, Normalization.NONE, 1);
        SortedMap<Integer, InfiniteWidth.Limit> limits =
                InfiniteWidth.walk(network, new double[5][1], new TreeSet<>(List.of(1, 2, 3)), 5 * 5 * 4);

        assertThat(value(at(limits, 2).moments().variance())).isCloseTo(1, within(1e-15));
        assertThat(reason(at(limits, 3).moments().variance())).contains("points x points x layers");
    }

    @Test
    void omitsActivityBeyondBudget() {
        var network = new NetworkSpec.Rectifier(new SkipConnection.ScaledHighway(), 100, Normalization.NONE, 1);
        SortedMap<Integer, InfiniteWidth.Limit> limits =
                InfiniteWidth.walk(network, new double[5][1], new TreeSet<>(List.of(1, 3, 5)), 5 * 5 * 4);

        assertThat(at(limits, 3).coactivation()).hasSize(3);
        assertThat(at(limits, 5).coactivation()).isEmpty();
        assertThat(at(limits, 5).obstacle()).contains("points x points x layers");
    }

    @Test
    void omitsOverflowingVariance() {
        GradientPredictions predictions = predict(new SkipConnection.Resnet(1, 1), Normalization.NONE, 1100);

        assertThat(reason(predictions.variance().paper())).isEqualTo(GradientMoments.OUT_OF_RANGE);
        assertThat(reason(predictions.variance().derived())).isEqualTo(GradientMoments.OUT_OF_RANGE);
        assertThat(reason(predictions.variance().infiniteWidth())).isEqualTo(GradientMoments.OUT_OF_RANGE);
        assertThat(value(predictions.correlation().paper())).isPositive();
        assertThat(value(predictions.correlation().derived())).isPositive();
    }

    @Test
    void omitsVanishingVariance() {
        GradientPredictions predictions = predict(new SkipConnection.Resnet(0.1, 1), Normalization.NONE, 400);

        assertThat(reason(predictions.correlation().infiniteWidth())).isEqualTo(GradientMoments.OUT_OF_RANGE);
    }

    @Test
    void whiteNoiseIsUncorrelated() {
        GradientPredictions predictions = Theory.noise(new NetworkSpec.Noise(NetworkSpec.Color.WHITE), 17);

        assertThat(value(predictions.variance().derived())).isEqualTo(1);
        assertThat(value(predictions.correlation().derived())).isZero();
        assertThat(reason(predictions.variance().paper())).contains("not a network");
        assertThat(reason(predictions.correlation().infiniteWidth())).contains("not a network");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 17, 256})
    void brownNoiseMatchesItsCovariance(int points) {
        double trace = 0;
        double offDiagonal = 0;
        for (int i = 1; i <= points; i++) {
            for (int j = 1; j <= points; j++) {
                if (i == j) {
                    trace += i;
                } else {
                    offDiagonal += Math.min(i, j);
                }
            }
        }

        GradientPredictions predictions = Theory.noise(new NetworkSpec.Noise(NetworkSpec.Color.BROWN), points);

        assertThat(value(predictions.variance().derived())).isEqualTo(trace / points);
        assertThat(value(predictions.correlation().derived()))
                .isCloseTo(offDiagonal / ((points - 1) * trace), within(1e-15));
    }

    private static Map<Integer, Predictions> activity(
            Statistic statistic, NetworkSpec.Rectifier network, InputSpec inputs, int depth) {
        var byLayer = new TreeMap<Integer, Predictions>();
        Theory.rows(network, inputs, NO_DATASETS, List.of(depth), Set.of(statistic))
                .forEach(row -> byLayer.put(Objects.requireNonNull(row.index()), row.predictions()));
        return byLayer;
    }

    private static NetworkSpec.Rectifier feedforward(Normalization normalization, double firstBiasStd) {
        return new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 100, normalization, firstBiasStd);
    }

    @Test
    void paperAssumesHalfAndQuarterActivity() {
        NetworkSpec.Rectifier network = feedforward(Normalization.NONE, 1);
        assertThat(activity(Statistic.ACTIVATION_RATE, network, GRID, 3))
                .containsOnlyKeys(1, 2, 3)
                .allSatisfy((_, predictions) -> {
                    assertThat(value(predictions.paper())).isEqualTo(0.5);
                    assertThat(value(predictions.infiniteWidth())).isEqualTo(0.5);
                });
        assertThat(activity(Statistic.COACTIVATION_RATE, network, GRID, 3))
                .containsOnlyKeys(1, 2, 3)
                .allSatisfy((_, predictions) ->
                        assertThat(value(predictions.paper())).isEqualTo(0.25));
    }

    /** Without a bias, points on one side of the origin are active together. Points on both sides never are. */
    @Test
    void coactivationFollowsAngleBetweenInputs() {
        NetworkSpec.Rectifier network = feedforward(Normalization.NONE, 0);
        InputSpec together = new InputSpec.Grid(1, 2, 2);
        InputSpec apart = new InputSpec.Grid(-1, 2, 2);
        InputSpec both = new InputSpec.Grid(-1, 2, 4);
        assertThat(value(at(activity(Statistic.COACTIVATION_RATE, network, together, 5), 5)
                        .infiniteWidth()))
                .isCloseTo(0.5, within(1e-6));
        Map<Integer, Predictions> layers = activity(Statistic.COACTIVATION_RATE, network, apart, 2);
        assertThat(value(at(layers, 1).infiniteWidth())).isZero();
        // The next layer maps opposite directions to perpendicular directions.
        assertThat(value(at(layers, 2).infiniteWidth())).isCloseTo(0.25, within(1e-6));
        assertThat(reason(at(activity(Statistic.COACTIVATION_RATE, network, both, 2), 1)
                        .infiniteWidth()))
                .isEqualTo(GradientKernel.DEGENERATE);
    }

    @Test
    void omitsUnknownActivity() {
        NetworkSpec.Rectifier batchNorm = feedforward(Normalization.BATCH_NORM, 1);
        assertThat(value(at(activity(Statistic.ACTIVATION_RATE, batchNorm, GRID, 2), 2)
                        .infiniteWidth()))
                .isEqualTo(0.5);
        assertThat(reason(at(activity(Statistic.COACTIVATION_RATE, batchNorm, GRID, 2), 2)
                        .infiniteWidth()))
                .contains("batch normalisation");
        InputSpec origin = new InputSpec.Grid(-1, 1, 3);
        for (Normalization normalization : Normalization.values()) {
            assertThat(reason(at(activity(Statistic.ACTIVATION_RATE, feedforward(normalization, 0), origin, 2), 1)
                            .infiniteWidth()))
                    .isEqualTo(GradientKernel.DEGENERATE);
        }
        var exploding = new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 1), 100, Normalization.NONE, 1);
        Map<Integer, Predictions> layers = activity(Statistic.COACTIVATION_RATE, exploding, GRID, 1100);
        assertThat(value(at(layers, 900).infiniteWidth())).isBetween(0.25, 0.5);
        assertThat(reason(at(layers, 1100).infiniteWidth())).isEqualTo(GradientMoments.OUT_OF_RANGE);
    }

    @ParameterizedTest
    @EnumSource
    void predictsEveryStatisticAtEveryDepth(Normalization normalization) {
        for (Statistic statistic : Theory.PREDICTED) {
            assertThat(Theory.rows(feedforward(normalization, 1), GRID, NO_DATASETS, List.of(1, 3), Set.of(statistic)))
                    .extracting(PredictedRow::depth)
                    .contains(1, 3);
        }
    }

    @Test
    void derivesSpectralExponentOfNoiseOnly() {
        Predictions white = Theory.spectralExponent(new NetworkSpec.Noise(NetworkSpec.Color.WHITE), 256);
        assertThat(value(white.derived())).isZero();
        Predictions brown = Theory.spectralExponent(new NetworkSpec.Noise(NetworkSpec.Color.BROWN), 100_000);
        assertThat(value(brown.derived())).isCloseTo(-2, within(0.05)).isGreaterThan(-2);
        List<PredictedRow> network = Theory.rows(
                feedforward(Normalization.NONE, 1), GRID, NO_DATASETS, List.of(2), Set.of(Statistic.SPECTRAL_EXPONENT));
        assertThat(network).hasSize(1);
        assertThat(reason(network.getFirst().predictions().infiniteWidth())).contains("spectrum");
    }
}
