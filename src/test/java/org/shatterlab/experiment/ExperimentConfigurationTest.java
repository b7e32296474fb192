package org.shatterlab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.experiment.cell.DeviceMemory;
import org.shatterlab.experiment.spec.Limits;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class ExperimentConfigurationTest {

    private static final ApplicationContextRunner CONTEXT = new ApplicationContextRunner()
            .withUserConfiguration(ExperimentConfiguration.class)
            .withBean(DeviceMemory.class, () -> Map::of);

    private static Limits bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("shatterlab.limits", Limits.class);
    }

    @Test
    void defaultLimitsMatchTheApi() {
        assertThat(bind(Map.of()))
                .isEqualTo(new Limits(
                        64,
                        4096,
                        1000,
                        512,
                        4096,
                        16384,
                        100_000,
                        20_000,
                        512,
                        10_000,
                        128,
                        144_000_000_000_000L,
                        DataSize.ofGigabytes(20)));
        assertThat(bind(Map.of("shatterlab.limits.matrix-points", "64")).matrixPoints())
                .isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource({
        "shatterlab.limits.cell-operations, 0, cellOperations",
        "shatterlab.limits.open-cells-per-token, -1, openCellsPerToken",
        "shatterlab.limits.planned-cells-per-minute, 0, plannedCellsPerMinute",
        "shatterlab.queue.window, 0, window",
        "shatterlab.cost.gigaflops-per-core, NaN, gigaflopsPerCore",
        "shatterlab.cost.gigaflops-per-gpu, 0, gigaflopsPerGpu",
        "shatterlab.retention, 0s, retention"
    })
    void rejectsValuesThatAreNotPositive(String property, String value, String field) {
        CONTEXT.withPropertyValues(property + "=" + value)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(BindValidationException.class)
                        .hasMessageContaining("on field '" + field + "'"));
    }

    @Test
    void reportsAllViolationsAtOnce() {
        CONTEXT.withPropertyValues("shatterlab.limits.width=0", "shatterlab.limits.runs=-5")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContainingAll("on field 'width'", "on field 'runs'"));
    }

    @Test
    void limitsReachTheReader() {
        CONTEXT.withPropertyValues("shatterlab.limits.runs=7")
                .run(context -> assertThatThrownBy(() -> context.getBean(SpecReader.class)
                                .read(StrictJson.parse("{\"preset\": \"figure-2\"}"))
                                .requireValid())
                        .hasMessageContaining("7 is the limit on runs"));
    }
}
