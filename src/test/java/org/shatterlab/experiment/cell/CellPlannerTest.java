package org.shatterlab.experiment.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.experiment.spec.RandomSpecs;
import org.shatterlab.experiment.spec.SpecBodies;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.statistic.Statistic;

class CellPlannerTest {

    private static final SpecReader READER = new SpecReader(Presets.load(), SpecBodies.LIMITS, SpecBodies.DATASETS);

    private static ExperimentSpec experiment(int runs, String statistics) {
        return READER.read(StrictJson.parse(String.format(Locale.ROOT, """
                {"networks": [{"family": "feedforward", "depths": [3]}, {"family": "white-noise"}],
                 "seed": 7, "precision": "float64", "runs": %d, "statistics": [%s]}""", runs, statistics)))
                .requireValid();
    }

    @Test
    void plansEveryNetworkBeforeNextChunk() {
        List<PlannedCell> cells = CellPlanner.plan(experiment(12, "\"gradient-variance\""));

        assertThat(cells).extracting(PlannedCell::networkIndex).containsExactly(0, 1, 0, 1, 0, 1);
        assertThat(cells)
                .extracting(
                        planned -> planned.cell().firstRun(),
                        planned -> planned.cell().runs())
                .containsExactly(tuple(0, 5), tuple(0, 5), tuple(5, 5), tuple(5, 5), tuple(10, 2), tuple(10, 2));
        assertThat(cells).extracting(planned -> planned.cell().depths()).contains(List.of(3), List.of());
        assertThat(cells).extracting(planned -> planned.cell().seed()).containsOnly(7L);
    }

    /** A cell of another size would have the same draws, but the device would draw some runs in vain. */
    @Test
    void deviceDrawsWholeChunksTogether() {
        assertThat(CellSpec.CHUNK).isEqualTo(RunDraws.RUNS_PER_DEVICE_DRAW);
    }

    @Test
    void moreRunsShareFullChunks() {
        List<CellSpec> few = cells(experiment(10, "\"gradient-variance\""));
        assertThat(cells(experiment(100, "\"gradient-variance\""))).startsWith(few.toArray(CellSpec[]::new));
    }

    @Test
    void onlyFirstChunkMeasuresRun0Statistics() {
        List<CellSpec> without = cells(experiment(10, "\"gradient-variance\""));
        List<CellSpec> with = cells(experiment(10, "\"gradient-variance\", \"gradient\", \"outer-product\""));

        assertThat(with.getFirst().statistics()).hasSize(3);
        assertThat(with.subList(2, 4)).isEqualTo(without.subList(2, 4));
        assertThat(cells(experiment(10, "\"gradient\"")))
                .hasSize(2)
                .allSatisfy(cell -> assertThat(cell.statistics()).containsExactly(Statistic.GRADIENT));
    }

    /** Results are read a few keys at a time, so every cell of a network must have the same keys. */
    @Test
    void cellsOfNetworkShareRowKeys() {
        assertThat(Arrays.stream(Statistic.values())
                        .filter(Statistic::isOfRunZero)
                        .map(Statistic::kind))
                .isNotEmpty()
                .doesNotContain(Statistic.Kind.ROWS);
    }

    @Test
    void noiseSkipsStatisticsOfNetworks() {
        ExperimentSpec mixed = experiment(10, "\"activation-rate\", \"gradient-variance\"");
        assertThat(cells(mixed))
                .filteredOn(cell -> cell.network() instanceof NetworkSpec.Noise)
                .hasSize(2)
                .isEqualTo(cells(experiment(10, "\"gradient-variance\"")).stream()
                        .filter(cell -> cell.network() instanceof NetworkSpec.Noise)
                        .toList());
        ExperimentSpec alone = experiment(10, "\"activation-rate\"");
        assertThat(cells(alone)).hasSize(2).noneMatch(cell -> cell.network() instanceof NetworkSpec.Noise);
        assertThat(CellPlanner.count(alone)).isEqualTo(2);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 4})
    void coversEveryRunOnce(long seed) {
        RandomSpecs specs = new RandomSpecs(seed);
        for (int i = 0; i < 200; i++) {
            ExperimentSpec spec = specs.experiment();
            List<PlannedCell> cells = CellPlanner.planMax(spec);
            assertThat(CellPlanner.count(spec)).isEqualTo(cells.size());
            int runs = cells.stream()
                    .filter(planned -> planned.networkIndex() == 0
                            && planned.cell().statistics().contains(Statistic.GRADIENT_VARIANCE))
                    .mapToInt(planned -> planned.cell().runs())
                    .sum();
            assertThat(runs).isEqualTo(spec.runs().max());
        }
    }

    private static List<CellSpec> cells(ExperimentSpec spec) {
        return CellPlanner.plan(spec).stream().map(PlannedCell::cell).toList();
    }
}
