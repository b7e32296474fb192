package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.NetworkSpec.Color;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

class CellSpecJsonTest {

    private static final InputSpec GRID = new InputSpec.Grid(-2, 2, 256);

    private static CellSpec cell(NetworkSpec network, InputSpec inputs, Precision precision, long seed) {
        return cell(network, inputs, precision, DrawSource.HOST, seed);
    }

    private static CellSpec cell(
            NetworkSpec network, InputSpec inputs, Precision precision, DrawSource draws, long seed) {
        Set<Statistic> statistics = Set.of(Statistic.GRADIENT_VARIANCE, Statistic.COVARIANCE);
        List<Integer> depths = network instanceof NetworkSpec.Noise ? List.of() : List.of(2, 10);
        return new CellSpec(network, inputs, depths, statistics, precision, draws, seed, 5, 5);
    }

    private static NetworkSpec rectifier(SkipConnection skipConnection, double firstBiasStd) {
        return new NetworkSpec.Rectifier(skipConnection, 200, Normalization.NONE, firstBiasStd);
    }

    /**
     * Stored cells and fingerprints depend on these defaults. Read {@link SpecDefaults} before you change this test.
     */
    @Test
    void leavesOutDefaultsAndSortsNames() {
        assertThat(CellSpecJson.write(cell(rectifier(new SkipConnection.Resnet(1, 1), 1), GRID, Precision.FLOAT32, 0)))
                .isEqualTo("{\"depths\":[2,10],\"firstRun\":5,\"inputs\":{\"type\":\"grid\"},"
                        + "\"network\":{\"family\":\"resnet\"},\"runs\":5,"
                        + "\"statistics\":[\"covariance\",\"gradient-variance\"]}");
        assertThat(CellSpecJson.write(cell(
                        rectifier(new SkipConnection.Feedforward(), 0),
                        new InputSpec.Gaussian(64, 200, 0),
                        Precision.FLOAT32,
                        0)))
                .contains("\"inputs\":{\"type\":\"gaussian\"},\"network\":{\"family\":\"feedforward\"}");
    }

    @Test
    void writesFieldsThatDifferFromDefaults() {
        NetworkSpec network =
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(2, 0.1), 100, Normalization.BATCH_NORM, 0);
        assertThat(CellSpecJson.write(cell(network, new InputSpec.Grid(-1, 1e-5, 64), Precision.FLOAT64, -3)))
                .isEqualTo("{\"depths\":[2,10],\"firstRun\":5,"
                        + "\"inputs\":{\"from\":-1,\"points\":64,\"to\":0.00001,\"type\":\"grid\"},"
                        + "\"network\":{\"alpha\":2,\"beta\":0.1,\"family\":\"resnet\",\"firstBiasStd\":0,"
                        + "\"normalization\":\"batch-norm\",\"width\":100},"
                        + "\"precision\":\"float64\",\"runs\":5,\"seed\":-3,"
                        + "\"statistics\":[\"covariance\",\"gradient-variance\"]}");
        assertThat(CellSpecJson.write(cell(new NetworkSpec.Noise(Color.BROWN), GRID, Precision.FLOAT32, 0)))
                .contains("\"network\":{\"family\":\"brown-noise\"}")
                .doesNotContain("depths");
    }

    @Test
    void writesDeviceDrawsOnlyIfUsed() {
        assertThat(CellSpecJson.write(deviceDrawn(new Activation.Relu(), Initialization.HE)))
                .startsWith("{\"depths\":[2,10],\"draws\":\"device\",\"firstRun\":5,");
        assertThat(CellSpecJson.write(deviceDrawn(new Activation.Crelu(), Initialization.XAVIER)))
                .contains("\"draws\":\"device\"");
        assertThat(List.of(
                        deviceDrawn(new Activation.Relu(), Initialization.ORTHOGONAL),
                        deviceDrawn(new Activation.Crelu(), Initialization.LOOKS_LINEAR),
                        deviceDrawn(new NetworkSpec.Convolutional(
                                new SkipConnection.Feedforward(), 16, Normalization.NONE)),
                        deviceDrawn(new NetworkSpec.Noise(Color.WHITE))))
                .as("cells without device draws")
                .allSatisfy(cell -> assertThat(CellSpecJson.write(cell)).doesNotContain("draws"));
    }

    private static CellSpec deviceDrawn(Activation activation, Initialization initialization) {
        return deviceDrawn(new NetworkSpec.Rectifier(
                new SkipConnection.Feedforward(), 200, Normalization.NONE, activation, initialization, 1));
    }

    private static CellSpec deviceDrawn(NetworkSpec network) {
        return cell(network, GRID, Precision.FLOAT32, DrawSource.DEVICE, 0);
    }

    /** The text contains the hash of the data, so that other data with the same name have another cell. */
    @Test
    void writesHashOfData() {
        var images = new InputSpec.Images(Dataset.CIFAR_10, 256, 0, false, SpecBodies.SHA256);
        assertThat(CellSpecJson.write(
                        cell(rectifier(new SkipConnection.Feedforward(), 0), images, Precision.FLOAT32, 0)))
                .contains("\"inputs\":{\"name\":\"cifar-10\",\"sha256\":\"" + SpecBodies.SHA256
                        + "\",\"type\":\"dataset\"},\"network\":{\"family\":\"feedforward\"}");
        var mixture = new InputSpec.GaussianMixture(64, 200, 10, 1, 0);
        assertThat(CellSpecJson.write(
                        cell(rectifier(new SkipConnection.Feedforward(), 0), mixture, Precision.FLOAT32, 0)))
                .contains("\"inputs\":{\"type\":\"gaussian-mixture\"}");
    }

    @Test
    void writesConvolutionalNetworks() {
        var images = new InputSpec.Images(Dataset.CIFAR_10, 256, 0, false, SpecBodies.SHA256);
        var feedforward = new NetworkSpec.Convolutional(new SkipConnection.Feedforward(), 16, Normalization.NONE);
        var resnet = new NetworkSpec.Convolutional(new SkipConnection.Resnet(1, 0.1), 8, Normalization.BATCH_NORM);
        assertThat(CellSpecJson.write(cell(feedforward, images, Precision.FLOAT32, 0)))
                .contains("\"network\":{\"family\":\"conv-feedforward\"}");
        assertThat(CellSpecJson.write(cell(resnet, images, Precision.FLOAT32, 0)))
                .contains(
                        "\"network\":{\"beta\":0.1,\"family\":\"conv-resnet\",\"normalization\":\"batch-norm\",\"width\":8}");
    }

    @Test
    void writesEqualNumbersAlike() {
        SpecReader reader = new SpecReader(Presets.load(), SpecBodies.LIMITS, SpecBodies.DATASETS);
        assertThat(List.of("1", "1.0", "1e0", "10e-1", "1.000"))
                .extracting(beta -> reader.read(StrictJson.parse("{\"networks\":[{\"family\":\"resnet\",\"alpha\":"
                                + beta + ",\"beta\":0.5}],\"depths\":[2]}"))
                        .requireValid())
                .extracting(spec ->
                        CellSpecJson.write(CellPlanner.plan(spec).getFirst().cell()))
                .containsOnly("{\"depths\":[2],\"firstRun\":0,\"inputs\":{\"type\":\"grid\"},"
                        + "\"network\":{\"beta\":0.5,\"family\":\"resnet\"},\"runs\":5,\"statistics\":"
                        + "[\"autocorrelation\",\"gradient\",\"gradient-correlation\",\"gradient-variance\"]}");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 6, 1702})
    void readsBackWrittenCellsAndText(long seed) {
        RandomSpecs specs = new RandomSpecs(seed);
        for (int i = 0; i < 500; i++) {
            for (PlannedCell planned : CellPlanner.plan(specs.experiment())) {
                String json = CellSpecJson.write(planned.cell());
                assertThat(CellSpecJson.read(json)).as(json).isEqualTo(planned.cell());
                assertThat(CellSpecJson.write(CellSpecJson.read(json))).isEqualTo(json);
            }
        }
    }

    @Test
    void rejectsTextThatIsNoCell() {
        assertThatThrownBy(() -> CellSpecJson.read("{\"firstRun\":0}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CellSpecJson.read("[]")).isInstanceOf(IllegalArgumentException.class);
    }
}
