package org.shatterlab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.shatterlab.experiment.cell.DeviceMemory;
import org.shatterlab.experiment.spec.Limits;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LimitsTest {

    private static Limits bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("shatterlab.limits", Limits.class);
    }

    @Test
    void areThoseOfTheApiUnlessConfigured() {
        assertThat(bind(Map.of())).isEqualTo(Limits.defaults());
        assertThat(bind(Map.of("shatterlab.limits.matrix-points", "64")).matrixPoints())
                .isEqualTo(64);
    }

    @Test
    void arePositive() {
        assertThatThrownBy(() -> bind(Map.of("shatterlab.limits.width", "0")))
                .hasRootCauseMessage("shatterlab.limits.width must be at least 1, not 0");
    }

    @Test
    void reachTheReaderThatTheServiceUses() {
        new ApplicationContextRunner()
                .withUserConfiguration(ExperimentConfiguration.class)
                .withBean(DeviceMemory.class, () -> Map::of)
                .withPropertyValues("shatterlab.limits.runs=7")
                .run(context -> assertThatThrownBy(() -> context.getBean(SpecReader.class)
                                .read(StrictJson.parse("{\"preset\": \"figure-2\"}"))
                                .requireValid())
                        .hasMessageContaining("7 is the limit on runs"));
    }
}
