package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.Presets.Preset;
import org.shatterlab.lab.statistic.Statistic;
import tools.jackson.databind.node.ObjectNode;

class PresetsTest {

    private static final Presets PRESETS = Presets.load();

    static List<Preset> presets() {
        return PRESETS.all();
    }

    private static ExperimentSpec spec(String name) {
        return new SpecReader(PRESETS, SpecBodies.LIMITS, SpecBodies.DATASETS)
                .read(PRESETS.find(name).orElseThrow().spec())
                .requireValid();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetIsValidAndComplete(Preset preset) {
        ObjectNode written = ExperimentSpecJson.write(spec(preset.name())).without("preset");
        // The service determines the hash of the data set and the device at each submission, so a preset names neither.
        written.withObject("/inputs").remove("sha256");
        written.put("device", "auto");
        assertThat(StrictJson.sorted(written)).isEqualTo(StrictJson.sorted(preset.spec()));
        assertThat(preset.title().toLowerCase(Locale.ROOT).replace(" ", "-")).startsWith(preset.name() + ":");
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetHasReportSection(Preset preset) throws IOException {
        String name = preset.name();
        assertThat(Files.readString(Path.of("src/docs/reproduction.md")))
                .containsPattern("-d '\\{\"preset\": \"" + name + "\"")
                .containsPattern("<!-- begin " + name + " -->\n\n!\\[.+]\\(" + name + "\\.(svg|png)\\)\n")
                .contains("<!-- end " + name + " -->");
    }

    @Test
    void callerCannotChangePreset() {
        PRESETS.find("figure-1").orElseThrow().spec().removeAll();
        assertThat(spec("figure-1").networks()).hasSize(5);
    }

    @Test
    void figure1HasOneRunPerNetwork() {
        ExperimentSpec spec = spec("figure-1");
        assertThat(spec.networks())
                .extracting(NetworkEntry::label)
                .containsExactly(
                        "1-layer feedforward", "24-layer feedforward", "50-layer resnet", "brown noise", "white noise");
        assertThat(spec.networks())
                .extracting(spec::effectiveDepths)
                .containsExactly(List.of(1), List.of(24), List.of(50), List.of(), List.of());
        assertThat(spec.statistics()).containsExactly(Statistic.GRADIENT, Statistic.OUTER_PRODUCT);
        assertThat(CellPlanner.plan(spec)).hasSize(5);
    }

    @Test
    void figure2HasAutocorrelationOverDepth() {
        ExperimentSpec spec = spec("figure-2");
        assertThat(spec.networks())
                .extracting(NetworkEntry::label)
                .containsExactly("feedforward", "resnet beta 1", "resnet beta 0.1", "white noise", "brown noise");
        assertThat(spec.depths()).containsExactly(2, 4, 10, 24, 50);
        assertThat(CellPlanner.plan(spec)).hasSize(20);
    }
}
