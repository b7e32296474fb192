package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.shatterlab.experiment.spec.SpecBodies.assertOneViolation;
import static org.shatterlab.experiment.spec.SpecBodies.body;
import static org.shatterlab.experiment.spec.SpecBodies.network;
import static org.shatterlab.experiment.spec.SpecBodies.read;
import static org.shatterlab.experiment.spec.SpecBodies.violations;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Violation;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.node.ObjectNode;

class SpecReaderTest {

    @Test
    void fillsInEveryDefault() {
        ExperimentSpec spec = read("{'networks': [{'family': 'resnet'}], 'depths': [2]}");

        NetworkSpec resnet = new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 1), 200, Normalization.NONE, 1);
        assertThat(spec)
                .isEqualTo(new ExperimentSpec(
                        null,
                        null,
                        List.of(new NetworkEntry("resnet", resnet, null)),
                        List.of(2),
                        new InputSpec.Grid(-2, 2, 256),
                        Set.of(
                                Statistic.GRADIENT_VARIANCE,
                                Statistic.GRADIENT_CORRELATION,
                                Statistic.AUTOCORRELATION,
                                Statistic.GRADIENT),
                        new Runs.Fixed(20),
                        0,
                        Precision.FLOAT32,
                        DrawSource.HOST,
                        DeviceClass.CPU,
                        0,
                        true));
    }

    @Test
    void readsApiExample() {
        ExperimentSpec spec = read("""
                {"name": "acf of feedforward and resnet",
                 "networks": [
                   {"label": "feedforward", "family": "feedforward", "width": 200, "normalization": "mean-centering"},
                   {"label": "resnet 0.1", "family": "resnet", "width": 200, "normalization": "batch-norm", "alpha": 1.0, "beta": 0.1},
                   {"label": "highway", "family": "highway", "width": 200, "normalization": "none", "gamma2": 0.2} ],
                 "depths": [50, 2, 4, 10, 24],
                 "inputs": {"type": "grid", "from": -2, "to": 2, "points": 256},
                 "statistics": ["autocorrelation", "gradient-variance", "gradient-correlation"],
                 "runs": 20, "seed": 1702 }""");

        assertThat(spec.networks())
                .extracting(NetworkEntry::label)
                .containsExactly("feedforward", "resnet 0.1", "highway");
        assertThat(spec.networks().get(2).network())
                .isEqualTo(new NetworkSpec.Rectifier(new SkipConnection.Highway(0.2), 200, Normalization.NONE, 1));
        assertThat(spec.depths()).as("ascending").containsExactly(2, 4, 10, 24, 50);
        assertThat(spec.statistics())
                .as("in the order of the enum")
                .containsExactly(
                        Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION, Statistic.AUTOCORRELATION);
    }

    @ParameterizedTest
    @MethodSource
    void readsEveryActivationAndInitialization(String fields, Activation activation, Initialization initialization) {
        assertThat(read("{'networks': [{'family': 'feedforward', " + fields + "}], 'depths': [2]}")
                        .networks()
                        .getFirst()
                        .network())
                .isEqualTo(new NetworkSpec.Rectifier(
                        new SkipConnection.Feedforward(), 200, Normalization.NONE, activation, initialization, 1));
    }

    static Stream<Arguments> readsEveryActivationAndInitialization() {
        return Stream.of(
                arguments("'activation': 'relu'", new Activation.Relu(), Initialization.HE),
                arguments("'initialization': 'xavier'", new Activation.Relu(), Initialization.XAVIER),
                arguments(
                        "'activation': 'linear', 'initialization': 'orthogonal'",
                        new Activation.Linear(),
                        Initialization.ORTHOGONAL),
                arguments(
                        "'activation': 'crelu', 'initialization': 'looks-linear'",
                        new Activation.Crelu(),
                        Initialization.LOOKS_LINEAR),
                arguments("'activation': 'prelu'", new Activation.Prelu(0.25), Initialization.HE),
                arguments(
                        "'activation': 'prelu', 'slope': 1, 'initialization': 'looks-linear'",
                        new Activation.Prelu(1),
                        Initialization.LOOKS_LINEAR));
    }

    @Test
    void defaultsDependOnInputs() {
        ExperimentSpec gaussian = read(body("'inputs': {'type': 'gaussian'}"));
        ExperimentSpec coarse = read(body("'inputs': {'type': 'grid', 'points': 16}"));

        assertThat(gaussian.inputs()).isEqualTo(new InputSpec.Gaussian(64, 200, 0));
        assertThat(gaussian.statistics()).containsExactly(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION);
        assertThat(gaussian.networks().getFirst().network())
                .isInstanceOfSatisfying(
                        NetworkSpec.Rectifier.class,
                        rectifier -> assertThat(rectifier.firstBiasStd()).isZero());
        assertThat(coarse.statistics())
                .doesNotContain(Statistic.AUTOCORRELATION)
                .contains(Statistic.GRADIENT);
    }

    @Test
    void readsDepthRangesAndOwnDepths() {
        ExperimentSpec spec = read("""
                {"networks": [{"label": "own", "family": "feedforward", "depths": {"from": 2, "to": 9, "step": 3}},
                              {"label": "shared", "family": "feedforward"}, {"family": "white-noise"}],
                 "depths": {"from": 1, "to": 3}}""");

        assertThat(spec.networks())
                .extracting(spec::effectiveDepths)
                .containsExactly(List.of(2, 5, 8), List.of(1, 2, 3), List.of());
    }

    @Test
    void noiseNeedsNoDepths() {
        assertThat(read("{'networks': [{'family': 'brown-noise'}]}").depths()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"200", "200.0", "2e2", "0.2E+3", "2000e-1"})
    void readsEverySpellingOfAnInteger(String width) {
        assertThat(read(network("'width': " + width)).networks().getFirst().network())
                .isInstanceOfSatisfying(
                        NetworkSpec.Rectifier.class,
                        rectifier -> assertThat(rectifier.width()).isEqualTo(200));
    }

    @Test
    void readsSeedsExactly() {
        assertThat(read(body("'seed': 9223372036854775807")).seed()).isEqualTo(Long.MAX_VALUE);
        assertThat(read(body("'seed': -9223372036854775808.0")).seed()).isEqualTo(Long.MIN_VALUE);
        assertThat(read(body("'seed': 9007199254740993")).seed()).isEqualTo(9007199254740993L);
        assertThat(violations(body("'seed': 9223372036854775808"))).hasSize(1);
    }

    @Test
    void readsMinusZeroAsZero() {
        assertThat(read(network("'beta': -0.0"))).isEqualTo(read(network("'beta': 0")));
        assertThat(read(network("'beta': -1e-999"))).isEqualTo(read(network("'beta': 0")));
    }

    @Test
    void storedSpecsIgnoreLimits() {
        SpecReader strict = new SpecReader(
                Presets.load(),
                new Limits(1, 10, 10, 1, 10, 10, 10, 1, 2, 10, 1, Long.MAX_VALUE, DataSize.ofBytes(Long.MAX_VALUE)),
                SpecBodies.DATASETS);
        ExperimentSpec large = read(body("'runs': 100000"));

        assertThatThrownBy(() -> strict.read(ExperimentSpecJson.write(large)).requireValid())
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        e -> assertThat(e.violations())
                                .extracting(Violation::message)
                                .anyMatch(message -> message.contains("10 is the limit on runs")));
        assertThat(StoredSpecCodec.read(StoredSpecCodec.write(large))).isEqualTo(large);
    }

    @Test
    void countsLabelLengthInCharacters() {
        String tubes = "🧪".repeat(60);
        assertThat(read(network("'label': '" + tubes + "'"))
                        .networks()
                        .getFirst()
                        .label())
                .isEqualTo(tubes);
        assertOneViolation(network("'label': '" + tubes + "x'"), "/networks/0/label", "1 to 60 characters");
    }

    @Test
    void readsPresetAsCompleteBody() {
        ExperimentSpec spec = read("{'preset': 'figure-2'}");
        assertThat(spec.preset()).isEqualTo("figure-2");
        assertThat(spec.networks()).hasSize(5);
        assertThat(spec.runs()).isEqualTo(new Runs.Fixed(20));
    }

    @Test
    void fieldReplacesWholePresetField() {
        ExperimentSpec spec =
                read("{'preset': 'figure-2', 'runs': 100, 'inputs': {'type': 'grid', 'points': 64}, 'name': null}");
        assertThat(spec.runs()).isEqualTo(new Runs.Fixed(100));
        assertThat(spec.inputs()).isEqualTo(new InputSpec.Grid(-2, 2, 64));
        assertThat(spec.name()).isNull();
        assertThat(spec.seed()).as("the seed of the preset").isEqualTo(1702);
    }

    @Test
    void readsImagesOfThisService() {
        ExperimentSpec spec = read(body("'inputs': {'type': 'dataset', 'name': 'cifar-10'}"));

        assertThat(spec.inputs()).isEqualTo(new InputSpec.Images(Dataset.CIFAR_10, 256, 0, false, SpecBodies.SHA256));
        assertThat(read(body(
                        "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'sha256': '" + SpecBodies.SHA256 + "'}")))
                .isEqualTo(spec);
        assertThat(spec.statistics()).containsExactly(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION);
        assertThat(read(body("'inputs': {'type': 'gaussian-mixture'}")).inputs())
                .isEqualTo(new InputSpec.GaussianMixture(64, 200, 10, 1, 0));
    }

    @Test
    void readsStoredSpecWithoutItsDataset() {
        ExperimentSpec spec = read(body("'inputs': {'type': 'dataset', 'name': 'cifar-10'}"));
        ObjectNode stored = ExperimentSpecJson.write(spec);
        stored.withObject("/inputs").put("name", "fashion-mnist");

        assertThat(StoredSpecCodec.read(stored.toString()).inputs())
                .isEqualTo(new InputSpec.Images(Dataset.FASHION_MNIST, 256, 0, false, SpecBodies.SHA256));
    }
}
