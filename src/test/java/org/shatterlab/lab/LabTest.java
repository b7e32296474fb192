package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.shatterlab.lab.statistic.Statistic.AUTOCORRELATION;
import static org.shatterlab.lab.statistic.Statistic.COVARIANCE;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_CORRELATION;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_VARIANCE;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.Wiring;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.Moments;
import org.shatterlab.lab.statistic.Statistic;

class LabTest {

    private static final InputSpec GRID = new InputSpec.Grid(-2, 2, 32);
    private static final Set<Statistic> CHEAP = Set.of(GRADIENT_VARIANCE, GRADIENT_CORRELATION, AUTOCORRELATION);

    private static Lab lab;

    @BeforeAll
    static void open() {
        lab = Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    private static NetworkSpec.Rectifier resnet(Normalization normalization) {
        return new NetworkSpec.Rectifier(new Wiring.Resnet(1, 1), 20, normalization, 1);
    }

    private static CellSpec cell(
            NetworkSpec network, List<Integer> depths, Set<Statistic> statistics, int firstRun, int runs) {
        return new CellSpec(network, GRID, depths, statistics, Precision.FLOAT64, 11, firstRun, runs);
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
    void aDepthHasTheSameNumbersWhateverElseIsAskedFor(Normalization normalization) {
        CellResult alone = lab.measure(cell(resnet(normalization), List.of(4), Set.of(GRADIENT_VARIANCE), 0, 3));
        CellResult among = lab.measure(cell(resnet(normalization), List.of(1, 4, 9), CHEAP, 0, 3));
        assertThat(moments(among, GRADIENT_VARIANCE, 4)).isEqualTo(moments(alone, GRADIENT_VARIANCE, 4));
    }

    @Test
    void runsAreTheSameInWhateverCellTheyAre() {
        CellResult both = lab.measure(cell(resnet(Normalization.NONE), List.of(3), Set.of(GRADIENT_VARIANCE), 5, 2));
        double first = mean(lab.measure(cell(resnet(Normalization.NONE), List.of(3), Set.of(GRADIENT_VARIANCE), 5, 1)));
        double second =
                mean(lab.measure(cell(resnet(Normalization.NONE), List.of(3), Set.of(GRADIENT_VARIANCE), 6, 1)));
        assertThat(first).isNotEqualTo(second);
        assertThat(mean(both)).isCloseTo((first + second) / 2, within(1e-12));
    }

    private static double mean(CellResult result) {
        return moments(result, GRADIENT_VARIANCE, 3).estimate().mean();
    }

    /** The covariance of drawn gradients, by brute force, against the closed form of its average over the readout. */
    @Test
    void theReadoutAverageIsWhatDrawnReadoutsAverageTo() {
        NetworkSpec.Rectifier network = new NetworkSpec.Rectifier(new Wiring.Feedforward(), 16, Normalization.NONE, 1);
        int runs = 2000;
        double drawn = 0;
        double drawnSquared = 0;
        for (int seed = 0; seed < runs; seed++) {
            double[] g = lab.measure(
                            new CellSpec(network, GRID, List.of(2), Set.of(GRADIENT), Precision.FLOAT64, seed, 0, 1))
                    .series()
                    .getFirst()
                    .values();
            double variance = Arrays.stream(g).map(x -> x * x).average().orElseThrow();
            drawn += variance / runs;
            drawnSquared += variance * variance / runs;
        }
        var averaged = moments(
                        lab.measure(new CellSpec(
                                network, GRID, List.of(2), Set.of(GRADIENT_VARIANCE), Precision.FLOAT64, 99, 0, runs)),
                        GRADIENT_VARIANCE,
                        2)
                .estimate();
        double error = Math.sqrt((drawnSquared - drawn * drawn) / runs);
        assertThat(averaged.standardError()).isNotNull().isLessThan(error / 2);
        assertThat(averaged.mean()).isCloseTo(drawn, within(4 * Math.hypot(error, averaged.standardError())));
    }

    @Test
    void theRowsAreThoseOfTheCovariance() {
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
    void singleAndDoublePrecisionHaveTheSameWeights() {
        CellSpec exact = cell(resnet(Normalization.NONE), List.of(1), Set.of(GRADIENT), 0, 1);
        CellSpec rounded =
                new CellSpec(exact.network(), GRID, List.of(1), Set.of(GRADIENT), Precision.FLOAT32, 11, 0, 1);
        assertThat(lab.measure(rounded).series().getFirst().values())
                .containsExactly(lab.measure(exact).series().getFirst().values(), within(1e-4));
    }

    @Test
    void whatLeavesTheFloatingPointRangeIsAnErrorThatSaysWhatToDo() {
        CellSpec exploding =
                new CellSpec(resnet(Normalization.NONE), GRID, List.of(400), CHEAP, Precision.FLOAT32, 1, 0, 1);
        assertThatThrownBy(() -> lab.measure(exploding))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("depth 400")
                .hasMessageContaining("\"precision\": \"float64\"");
        CellSpec vanishing = new CellSpec(
                new NetworkSpec.Rectifier(new Wiring.Resnet(0.1, 1), 20, Normalization.NONE, 1),
                GRID,
                List.of(400),
                Set.of(GRADIENT_CORRELATION),
                Precision.FLOAT32,
                1,
                0,
                1);
        assertThatThrownBy(() -> lab.measure(vanishing))
                .isInstanceOf(UnmeasurableException.class)
                .hasMessageContaining("0/0");
    }
}
