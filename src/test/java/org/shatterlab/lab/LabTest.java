package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.shatterlab.lab.statistic.Statistic.ACTIVATION_HISTOGRAM;
import static org.shatterlab.lab.statistic.Statistic.ACTIVATION_RATE;
import static org.shatterlab.lab.statistic.Statistic.ACTIVITY_RASTER;
import static org.shatterlab.lab.statistic.Statistic.AUTOCORRELATION;
import static org.shatterlab.lab.statistic.Statistic.COACTIVATION_RATE;
import static org.shatterlab.lab.statistic.Statistic.CONTIGUITY_HISTOGRAM;
import static org.shatterlab.lab.statistic.Statistic.COVARIANCE;
import static org.shatterlab.lab.statistic.Statistic.EFFECTIVE_RANK;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_CORRELATION;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_VARIANCE;
import static org.shatterlab.lab.statistic.Statistic.RELATIVE_EFFECTIVE_RANK;
import static org.shatterlab.lab.statistic.Statistic.SPECTRAL_EXPONENT;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.Estimate;
import org.shatterlab.lab.statistic.Moments;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.theory.Prediction;
import org.shatterlab.lab.theory.Theory;

class LabTest {

    private static final DatasetFolder DATASETS = new DatasetFolder(Path.of("target/datasets"));
    private static final InputSpec GRID = new InputSpec.Grid(-2, 2, 32);
    private static final Set<Statistic> CHEAP = Set.of(GRADIENT_VARIANCE, GRADIENT_CORRELATION, AUTOCORRELATION);

    private static Lab lab;

    @BeforeAll
    static void open() {
        lab = Lab.open(Path.of("target/djl"), DATASETS);
    }

    private static NetworkSpec.Rectifier resnet(Normalization normalization) {
        return new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 1), 20, normalization, 1);
    }

    private static CellSpec cell(
            NetworkSpec network, List<Integer> depths, Set<Statistic> statistics, int firstRun, int runs) {
        return new CellSpec(network, GRID, depths, statistics, Precision.FLOAT64, DrawSource.HOST, 11, firstRun, runs);
    }

    private static Moments moments(CellResult result, Statistic statistic, Integer depth) {
        return result.rows().stream()
                .filter(row -> row.statistic() == statistic && depth.equals(row.depth()))
                .findFirst()
                .orElseThrow()
                .moments();
    }

    @ParameterizedTest
    @EnumSource(Normalization.class)
    void measuresDepthIndependentlyOfRequest(Normalization normalization) {
        CellResult alone = lab.measure(cell(resnet(normalization), List.of(4), Set.of(GRADIENT_VARIANCE), 0, 3));
        CellResult amongOthers = lab.measure(cell(resnet(normalization), List.of(1, 4, 9), CHEAP, 0, 3));
        assertThat(moments(amongOthers, GRADIENT_VARIANCE, 4)).isEqualTo(moments(alone, GRADIENT_VARIANCE, 4));
    }

    @Test
    void measuresRunIndependentlyOfCell() {
        CellResult both = lab.measure(cell(resnet(Normalization.NONE), List.of(3), Set.of(GRADIENT_VARIANCE), 5, 2));
        double first = mean(lab.measure(cell(resnet(Normalization.NONE), List.of(3), Set.of(GRADIENT_VARIANCE), 5, 1)));
        double second =
                mean(lab.measure(cell(resnet(Normalization.NONE), List.of(3), Set.of(GRADIENT_VARIANCE), 6, 1)));
        assertThat(first).isNotEqualTo(second);
        assertThat(mean(both)).isCloseTo((first + second) / 2, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(Normalization.class)
    void measuresSiblingsTogether(Normalization normalization) {
        Set<Statistic> all = Set.of(
                GRADIENT_VARIANCE, GRADIENT_CORRELATION, AUTOCORRELATION, COVARIANCE, ACTIVATION_RATE, EFFECTIVE_RANK);
        List<CellSpec> siblings = List.of(
                cell(resnet(normalization), List.of(1, 4, 9), all, 5, 5),
                cell(resnet(normalization), List.of(1, 4, 9), all, 0, 2),
                cell(resnet(normalization), List.of(1, 4, 9), all, 10, 1));
        List<CellResult> together = lab.measure(siblings, 3);
        assertThat(together).hasSameSizeAs(siblings);
        for (int i = 0; i < siblings.size(); i++) {
            assertSameUpToRounding(together.get(i), lab.measure(siblings.get(i)));
        }
    }

    /** The sizes matter: a product of these sizes rounds differently on a thread without the setting of one thread. */
    @Test
    void computesSameBitsOnNewThread() throws Exception {
        CellSpec cell = new CellSpec(
                new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 200, Normalization.NONE, 1),
                new InputSpec.Grid(-2, 2, 128),
                List.of(8),
                Set.of(COVARIANCE),
                Precision.FLOAT32,
                DrawSource.HOST,
                1,
                5,
                2);
        double[] here = lab.measure(cell).matrices().getFirst().values();
        for (int i = 0; i < 3; i++) {
            AtomicReference<double[]> there = new AtomicReference<>();
            Thread thread = Thread.ofPlatform()
                    .start(() ->
                            there.set(lab.measure(cell).matrices().getFirst().values()));
            thread.join();
            assertThat(there.get()).containsExactly(here);
        }
    }

    /** A rectifier is inactive at NaN, so gradients through such a layer are finite but wrong. */
    @ParameterizedTest
    @EnumSource(names = {"EFFECTIVE_RANK", "GRADIENT_VARIANCE", "ACTIVATION_RATE"})
    void rejectsGradientsOfOverflowingStates(Statistic statistic) {
        CellSpec cell = new CellSpec(
                resnet(Normalization.NONE),
                new InputSpec.Gaussian(5, 4, 0),
                List.of(2, 400),
                Set.of(statistic),
                Precision.FLOAT32,
                DrawSource.HOST,
                11,
                0,
                1);
        assertThatThrownBy(() -> lab.measure(cell))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("hidden states at layer 400 leave the range of float32")
                .hasMessageContaining("float64");
    }

    /** A division by an infinite deviation would remove the unit, and all numbers would be finite and wrong. */
    @ParameterizedTest
    @EnumSource(names = {"EFFECTIVE_RANK", "GRADIENT_VARIANCE", "ACTIVATION_RATE"})
    void rejectsOverflowingBatchVariance(Statistic statistic) {
        CellSpec cell = new CellSpec(
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 1e30), 10, Normalization.BATCH_NORM, 1),
                new InputSpec.Gaussian(5, 4, 0),
                List.of(4),
                Set.of(statistic),
                Precision.FLOAT32,
                DrawSource.HOST,
                11,
                0,
                1);
        assertThatThrownBy(() -> lab.measure(cell))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("leave the range of float32");
    }

    static void assertSameUpToRounding(CellResult together, CellResult alone) {
        assertThat(together.rows()).hasSameSizeAs(alone.rows());
        for (int i = 0; i < alone.rows().size(); i++) {
            assertThat(together.rows().get(i).moments().estimate())
                    .usingRecursiveComparison()
                    .withComparatorForType(LabTest::compareRounded, Double.class)
                    .isEqualTo(alone.rows().get(i).moments().estimate());
        }
        assertThat(together.matrices()).hasSameSizeAs(alone.matrices());
        for (int i = 0; i < alone.matrices().size(); i++) {
            assertThat(together.matrices().get(i).values())
                    .usingComparatorWithPrecision(1e-9)
                    .containsExactly(alone.matrices().get(i).values());
        }
    }

    @Test
    void returnsRunZeroWithItsCell() {
        Set<Statistic> runZeroStatistics = Set.of(GRADIENT, ACTIVITY_RASTER);
        List<CellSpec> siblings = List.of(
                cell(resnet(Normalization.NONE), List.of(2), runZeroStatistics, 5, 2),
                cell(resnet(Normalization.NONE), List.of(2), runZeroStatistics, 0, 2));
        List<CellResult> together = lab.measure(siblings, 4);
        assertThat(together.getFirst().series()).isEmpty();
        assertThat(together.getFirst().matrices()).isEmpty();
        CellResult alone = lab.measure(siblings.getLast());
        assertThat(together.getLast().series().getFirst().values())
                .containsExactly(alone.series().getFirst().values(), within(1e-9));
        assertThat(together.getLast().matrices().getFirst().values())
                .containsExactly(alone.matrices().getFirst().values());
    }

    private static int compareRounded(double a, double b) {
        return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)) ? 0 : Double.compare(a, b);
    }

    private static double mean(CellResult result) {
        return moments(result, GRADIENT_VARIANCE, 3).estimate().mean();
    }

    /** Compares the closed form of the average over the readout with the average over drawn readouts. */
    @Test
    void averagesOverReadoutInClosedForm() {
        NetworkSpec.Rectifier network =
                new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 16, Normalization.NONE, 1);
        int runs = 2000;
        double drawn = 0;
        double drawnSquared = 0;
        for (int seed = 0; seed < runs; seed++) {
            double[] g = lab.measure(new CellSpec(
                            network,
                            GRID,
                            List.of(2),
                            Set.of(GRADIENT),
                            Precision.FLOAT64,
                            DrawSource.HOST,
                            seed,
                            0,
                            1))
                    .series()
                    .getFirst()
                    .values();
            double variance = Arrays.stream(g).map(x -> x * x).average().orElseThrow();
            drawn += variance / runs;
            drawnSquared += variance * variance / runs;
        }
        Estimate averaged = moments(
                        lab.measure(new CellSpec(
                                network,
                                GRID,
                                List.of(2),
                                Set.of(GRADIENT_VARIANCE),
                                Precision.FLOAT64,
                                DrawSource.HOST,
                                99,
                                0,
                                runs)),
                        GRADIENT_VARIANCE,
                        2)
                .estimate();
        double error = Math.sqrt((drawnSquared - drawn * drawn) / runs);
        assertThat(averaged.standardError()).isNotNull().isLessThan(error / 2);
        assertThat(averaged.mean()).isCloseTo(drawn, within(4 * Math.hypot(error, averaged.standardError())));
    }

    @Test
    void derivesRowsFromCovariance() {
        CellResult result = lab.measure(cell(
                resnet(Normalization.MEAN_CENTERING),
                List.of(3),
                Set.of(GRADIENT_VARIANCE, GRADIENT_CORRELATION, COVARIANCE),
                0,
                4));
        double[] c = result.matrices().getFirst().values();
        double trace = 0;
        double total = 0;
        for (int i = 0; i < 32; i++) {
            trace += c[i * 32 + i];
            for (int j = 0; j < 32; j++) {
                total += c[i * 32 + j];
            }
        }
        assertThat(moments(result, GRADIENT_VARIANCE, 3).estimate().mean())
                .isCloseTo(trace / 32, Percentage.withPercentage(1e-10));
        assertThat(moments(result, GRADIENT_CORRELATION, 3).estimate().mean())
                .isCloseTo((total - trace) / 31 / trace, within(1e-10));
    }

    @Test
    void namesDeviceByClassAndModel() {
        assertThat(lab.deviceName()).isEqualTo("cpu");
        assertThat(Lab.gpuName("90", 85_500_000_000L)).isEqualTo("gpu (compute capability 9.0, 80 GiB)");
        assertThat(Lab.gpuName("120", 34_200_000_000L)).isEqualTo("gpu (compute capability 12.0, 32 GiB)");
    }

    @Test
    void drawsSameWeightsInBothPrecisions() {
        CellSpec exact = cell(resnet(Normalization.NONE), List.of(1), Set.of(GRADIENT), 0, 1);
        CellSpec rounded = new CellSpec(
                exact.network(), GRID, List.of(1), Set.of(GRADIENT), Precision.FLOAT32, DrawSource.HOST, 11, 0, 1);
        assertThat(lab.measure(rounded).series().getFirst().values())
                .containsExactly(lab.measure(exact).series().getFirst().values(), within(1e-4));
    }

    @Test
    void rejectsOverflowWithRemedy() {
        CellSpec exploding = new CellSpec(
                resnet(Normalization.NONE), GRID, List.of(400), CHEAP, Precision.FLOAT32, DrawSource.HOST, 1, 0, 1);
        assertThatThrownBy(() -> lab.measure(exploding))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("layer 400")
                .hasMessageContaining("\"precision\": \"float64\"");
        CellSpec vanishing = new CellSpec(
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(0.1, 1), 20, Normalization.NONE, 1),
                GRID,
                List.of(400),
                Set.of(GRADIENT_CORRELATION),
                Precision.FLOAT32,
                DrawSource.HOST,
                1,
                0,
                1);
        assertThatThrownBy(() -> lab.measure(vanishing))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("0/0");
    }

    private static double mean(CellResult result, Statistic statistic, int depth, int index) {
        return result.rows().stream()
                .filter(row -> row.statistic() == statistic
                        && Objects.equals(row.depth(), depth)
                        && Objects.equals(row.index(), index))
                .findFirst()
                .orElseThrow()
                .moments()
                .estimate()
                .mean();
    }

    @Test
    void measuresActivityOfEveryLayer() {
        Set<Statistic> rates = Set.of(ACTIVATION_RATE, COACTIVATION_RATE);
        CellResult result = lab.measure(cell(resnet(Normalization.BATCH_NORM), List.of(2, 4), rates, 0, 2));
        assertThat(result.rows()).hasSize((2 + 4) * 2);
        for (int layer = 1; layer <= 2; layer++) {
            assertThat(mean(result, COACTIVATION_RATE, 4, layer)).isEqualTo(mean(result, COACTIVATION_RATE, 2, layer));
        }
        assertThat(mean(result, ACTIVATION_RATE, 4, 4)).isNotEqualTo(mean(result, ACTIVATION_RATE, 4, 3));
    }

    @Test
    void measuresActivityPerDepthOfScaledHighway() {
        NetworkSpec.Rectifier highway =
                new NetworkSpec.Rectifier(new SkipConnection.ScaledHighway(), 20, Normalization.NONE, 1);
        Set<Statistic> statistics = Set.of(COACTIVATION_RATE, ACTIVITY_RASTER);
        CellResult both = lab.measure(cell(highway, List.of(3, 8), statistics, 0, 1));
        CellResult deep = lab.measure(cell(highway, List.of(8), statistics, 0, 1));
        for (int layer = 1; layer <= 8; layer++) {
            assertThat(mean(both, COACTIVATION_RATE, 8, layer)).isEqualTo(mean(deep, COACTIVATION_RATE, 8, layer));
        }
        assertThat(mean(both, COACTIVATION_RATE, 3, 3)).isNotEqualTo(mean(both, COACTIVATION_RATE, 8, 3));
        assertThat(both.matrices().getLast().values())
                .isEqualTo(deep.matrices().getFirst().values());
    }

    /** Counts the rates and histograms of the last layer again from the raster. */
    @ParameterizedTest
    @EnumSource(Normalization.class)
    void rasterMatchesRatesAndHistograms(Normalization normalization) {
        Set<Statistic> statistics =
                Set.of(ACTIVITY_RASTER, ACTIVATION_RATE, COACTIVATION_RATE, ACTIVATION_HISTOGRAM, CONTIGUITY_HISTOGRAM);
        CellResult result = lab.measure(cell(resnet(normalization), List.of(3), statistics, 0, 1));
        CellResult.Matrix raster = result.matrices().getFirst();
        assertThat(raster.rows()).isEqualTo(20);
        assertThat(raster.columns()).isEqualTo(32);
        assertThat(raster.values()).containsOnly(0, 1);

        double active = 0;
        double pairs = 0;
        double runsOfOne = 0;
        double runs = 0;
        double silent = 0;
        for (int unit = 0; unit < 20; unit++) {
            double[] activity = Arrays.copyOfRange(raster.values(), unit * 32, (unit + 1) * 32);
            double count = Arrays.stream(activity).sum();
            active += count;
            silent += count <= 1 ? 1 : 0;
            for (int i = 0; i < 32; i++) {
                for (int j = 0; j < i; j++) {
                    pairs += activity[i] * activity[j];
                }
                boolean starts = i == 0 || activity[i - 1] != activity[i];
                boolean ends = i == 31 || activity[i + 1] != activity[i];
                runs += starts ? 1 : 0;
                runsOfOne += starts && ends ? 1 : 0;
            }
        }
        assertThat(mean(result, ACTIVATION_RATE, 3, 3)).isCloseTo(active / 20 / 32, within(1e-15));
        assertThat(mean(result, COACTIVATION_RATE, 3, 3)).isCloseTo(pairs / 20 / (32 * 31 / 2.0), within(1e-15));
        assertThat(mean(result, ACTIVATION_HISTOGRAM, 3, 0)).isCloseTo(silent / 20, within(1e-15));
        assertThat(mean(result, CONTIGUITY_HISTOGRAM, 3, 0)).isCloseTo(runsOfOne / runs, within(1e-15));
        assertThat(result.rows().stream().filter(row -> row.statistic() == ACTIVATION_HISTOGRAM))
                .hasSize(20);
        assertThat(result.rows().stream().filter(row -> row.statistic() == CONTIGUITY_HISTOGRAM))
                .hasSize(6);
    }

    @Test
    void rejectsActivityOfOverflowingStates() {
        CellSpec exploding = new CellSpec(
                resnet(Normalization.NONE),
                GRID,
                List.of(400),
                Set.of(ACTIVATION_RATE),
                Precision.FLOAT32,
                DrawSource.HOST,
                1,
                0,
                1);
        assertThatThrownBy(() -> lab.measure(exploding))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("range of float32");
    }

    /** A network whose layers are nearly the identity has nearly parallel gradients at all inputs. */
    @Test
    void measuresRankOneOfNearlyLinearNetwork() {
        NetworkSpec.Rectifier network =
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 1e-9), 20, Normalization.NONE, 0);
        CellResult result = lab.measure(new CellSpec(
                network,
                new InputSpec.Gaussian(16, 12, 0),
                List.of(1, 5),
                Set.of(EFFECTIVE_RANK, RELATIVE_EFFECTIVE_RANK),
                Precision.FLOAT64,
                DrawSource.HOST,
                3,
                0,
                2));
        assertThat(moments(result, EFFECTIVE_RANK, 5).estimate().mean()).isCloseTo(1, within(1e-6));
        assertThat(moments(result, RELATIVE_EFFECTIVE_RANK, 5).estimate().mean())
                .isCloseTo(
                        moments(result, RELATIVE_EFFECTIVE_RANK, 1).estimate().mean(), within(1e-6))
                .isBetween(1 / 12.0, 1 / 2.0);
    }

    @Test
    void rejectsRankOfVanishingGradients() {
        CellSpec dead = new CellSpec(
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(0.1, 1), 20, Normalization.NONE, 0),
                new InputSpec.Gaussian(4, 3, 0),
                List.of(400),
                Set.of(EFFECTIVE_RANK),
                Precision.FLOAT32,
                DrawSource.HOST,
                1,
                0,
                1);
        assertThatThrownBy(() -> lab.measure(dead))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("no rank");
    }

    @Test
    void rejectsSpectralExponentWithoutPower() {
        CellSpec constant = new CellSpec(
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 0), 20, Normalization.NONE, 1),
                GRID,
                List.of(1),
                Set.of(SPECTRAL_EXPONENT),
                Precision.FLOAT32,
                DrawSource.HOST,
                1,
                0,
                1);
        assertThatThrownBy(() -> lab.measure(constant))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("spectral-exponent");
    }

    @ParameterizedTest
    @EnumSource(NetworkSpec.Color.class)
    void measuresDerivedSpectralExponentOfNoise(NetworkSpec.Color color) {
        NetworkSpec noise = new NetworkSpec.Noise(color);
        Set<Statistic> statistics = Set.of(SPECTRAL_EXPONENT);
        Estimate measured = lab.measure(new CellSpec(
                        noise, GRID, List.of(), statistics, Precision.FLOAT64, DrawSource.HOST, 8, 0, 4000))
                .rows()
                .getFirst()
                .moments()
                .estimate();
        Prediction derived = Theory.rows(noise, GRID, DATASETS, List.of(), statistics)
                .getFirst()
                .predictions()
                .derived();
        assertThat(derived)
                .isInstanceOfSatisfying(
                        Prediction.Value.class,
                        exact -> assertThat(measured.mean())
                                .isCloseTo(
                                        exact.value(), within(4 * Objects.requireNonNull(measured.standardError()))));
    }
}
