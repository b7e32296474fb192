package org.shatterlab.experiment.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.experiment.spec.RandomSpecs;
import org.shatterlab.experiment.spec.SpecBodies;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.DrawSource;

class CellCostTest {

    private static final SpecReader READER = new SpecReader(Presets.load(), SpecBodies.LIMITS, SpecBodies.DATASETS);

    private static CellCost of(String network, String rest) {
        return of(cells(network, rest).getFirst());
    }

    private static CellCost of(CellSpec cell) {
        return CellCost.of(cell);
    }

    private static List<CellSpec> cells(String network, String rest) {
        return CellPlanner.plan(READER.read(StrictJson.parse("""
                        {"networks": [{"family": %s}], "runs": 5, %s}""".formatted(network, rest)))
                        .requireValid())
                .stream()
                .map(PlannedCell::cell)
                .toList();
    }

    @Test
    void productsDominateWideNetworks() {
        CellCost cost = of("\"feedforward\", \"width\": 2000", "\"depths\": [10, 50]");
        assertThat(cost.operations()).isCloseTo(5 * 4.0 * 256 * 2000 * 2000 * 50, within(0.02 * cost.operations()));
    }

    @Test
    void computesDepthDependentNetworksSeparately() {
        CellCost one = of("\"highway\", \"gamma2\": 0.2", "\"depths\": [10, 20, 30]");
        CellCost each = of("\"highway\", \"gamma2\": \"1/sqrt(depth)\"", "\"depths\": [10, 20, 30]");
        assertThat(each.operations()).isCloseTo(2 * one.operations(), within(0.01 * each.operations()));
    }

    @Test
    void differentiatesConvolutionalNetworksAtEveryDepth() {
        String images = "\"inputs\": {\"type\": \"dataset\", \"name\": \"cifar-10\"}, ";
        CellCost deep = of("\"conv-resnet\", \"width\": 128", images + "\"depths\": [40]");
        CellCost both = of("\"conv-resnet\", \"width\": 128", images + "\"depths\": [20, 40]");
        double layer = 18.0 * 128 * 128 * 256 * 1024;
        assertThat(deep.operations()).isCloseTo(5 * 3 * 40 * layer, within(0.02 * deep.operations()));
        assertThat(both.operations()).isCloseTo(5 * 3.5 * 40 * layer, within(0.02 * both.operations()));
    }

    @Test
    void ranksDecomposeOrthogonalWeightsTwice() {
        String rest = "\"inputs\": {\"type\": \"gaussian\"}, \"statistics\": [\"effective-rank\"], \"depths\": [50]";
        CellCost he = of("\"feedforward\", \"width\": 1000", rest);
        CellCost crelu = of("\"feedforward\", \"width\": 1000, \"activation\": \"crelu\"", rest);
        CellCost orthogonal = of("\"feedforward\", \"width\": 1000, \"initialization\": \"orthogonal\"", rest);
        assertThat(crelu.operations()).isCloseTo(2 * he.operations(), within(0.02 * crelu.operations()));
        assertThat(orthogonal.operations() - he.operations())
                .isCloseTo(2 * 5 * 50 * 8.0 / 3 * 1e9, within(1e-6 * orthogonal.operations()));
    }

    @Test
    void addsCostOfCreluAndDecompositions() {
        String rest = "\"depths\": [50]";
        CellCost relu = of("\"feedforward\", \"width\": 1000", rest);
        CellCost crelu = of("\"feedforward\", \"width\": 1000, \"activation\": \"crelu\"", rest);
        CellCost orthogonal = of("\"feedforward\", \"width\": 1000, \"initialization\": \"orthogonal\"", rest);
        assertThat(crelu.operations()).isCloseTo(2 * relu.operations(), within(0.01 * crelu.operations()));
        assertThat(orthogonal.operations() - relu.operations())
                .isCloseTo(5 * 50 * 8.0 / 3 * 1e9, within(1e-6 * orthogonal.operations()));
        assertThat(orthogonal.memoryBytes()).isGreaterThan(relu.memoryBytes());
    }

    @Test
    void deviceDrawsTakeMemoryNotTime() {
        CellSpec host =
                cells("\"feedforward\", \"width\": 1000", "\"depths\": [50]").getFirst();
        CellCost drawn = of(host);
        CellCost onDevice = of(new CellSpec(
                host.network(),
                host.inputs(),
                host.depths(),
                host.statistics(),
                host.precision(),
                DrawSource.DEVICE,
                host.seed(),
                host.firstRun(),
                host.runs()));
        assertThat(onDevice.operations()).isEqualTo(drawn.operations());
        assertThat(drawn.work() - onDevice.work()).isCloseTo(5 * 50 * 300e6, within(1e-6 * drawn.work()));
        assertThat(onDevice.memoryBytes() - drawn.memoryBytes()).isEqualTo(5 * 4e6);
    }

    @Test
    void covariancesTakeMemoryAndOperations() {
        String without = "\"depths\": [1, 2, 3], \"statistics\": [\"gradient-variance\"]";
        String with = without.replace("[\"gradient-variance\"]", "[\"gradient-variance\", \"covariance\"]");
        CellCost plain = of("\"feedforward\"", without);
        CellCost matrices = of("\"feedforward\"", with);
        assertThat(matrices.memoryBytes() - plain.memoryBytes()).isEqualTo(8.0 * 8 * 256 * 256);
        assertThat(matrices.operations() - plain.operations()).isEqualTo(5 * 3 * 2.0 * 256 * 256 * 200);
    }

    @Test
    void inputGradientsAddBackwardPasses() {
        String inputs = "\"inputs\": {\"type\": \"gaussian\"}, \"depths\": [10, 20, 30], \"statistics\": ";
        CellCost tangents = of("\"feedforward\", \"width\": 2000", inputs + "[\"gradient-variance\"]");
        CellCost ranks = of("\"feedforward\", \"width\": 2000", inputs + "[\"effective-rank\"]");
        CellCost both = of("\"feedforward\", \"width\": 2000", inputs + "[\"effective-rank\", \"gradient-variance\"]");
        assertThat(ranks.operations()).isCloseTo(1.5 * tangents.operations(), within(0.02 * ranks.operations()));
        assertThat(both.operations()).isEqualTo(ranks.operations() + tangents.operations());
        assertThat(ranks.memoryBytes()).isGreaterThan(tangents.memoryBytes());
    }

    @Test
    void fixedTimeDominatesSmallNetworks() {
        CellCost cost = of("\"resnet\", \"width\": 10", "\"depths\": {\"from\": 1, \"to\": 512}");
        assertThat(cost.fixedSeconds()).isGreaterThan(cost.work() / 40e9);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 6})
    void estimatesCostOfEveryCell(long seed) {
        RandomSpecs specs = new RandomSpecs(seed);
        for (int i = 0; i < 200; i++) {
            assertThat(CellPlanner.plan(specs.experiment()))
                    .extracting(planned -> of(planned.cell()))
                    .allSatisfy(cost -> {
                        assertThat(cost.operations()).isPositive().isFinite();
                        assertThat(cost.work()).isGreaterThanOrEqualTo(cost.operations());
                        assertThat(cost.memoryBytes()).isPositive();
                    });
        }
    }
}
