package org.shatterlab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class WorkerPropertiesTest {

    private static final ApplicationContextRunner CONTEXT =
            new ApplicationContextRunner().withUserConfiguration(Settings.class);

    @EnableConfigurationProperties(WorkerProperties.class)
    private static class Settings {}

    private static WorkerProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("shatterlab.worker", WorkerProperties.class);
    }

    private static WorkerProperties device(String device) {
        return bind(Map.of("shatterlab.worker.device", device));
    }

    @ParameterizedTest
    @CsvSource({
        "auto, 0,",
        "auto, 2, 0 1",
        "cpu, 0,",
        "cpu, 2,",
        "gpu, 1, 0",
        "gpu, 3, 0 1 2",
        "gpu:0, 1, 0",
        "gpu:2, 3, 2"
    })
    void selectsConfiguredGpus(String device, int found, @Nullable String gpus) {
        assertThat(device(device).gpus(found))
                .containsExactlyElementsOf(
                        gpus == null
                                ? List.<Integer>of()
                                : Arrays.stream(gpus.split(" "))
                                        .map(Integer::valueOf)
                                        .toList());
    }

    @Test
    void selectsAllGpusByDefault() {
        assertThat(bind(Map.of()).gpus(1)).containsExactly(0);
        assertThat(bind(Map.of()).gpus(0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gpu, 0", "gpu:0, 0", "gpu:2, 2"})
    void rejectsMissingGpus(String device, int found) {
        assertThatThrownBy(() -> device(device).gpus(found))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shatterlab.worker.device is " + device + ", but the engine finds " + found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GPU", "gpu:", "gpu:-1", "gpu:x", "gpu0", "cuda", "cpu:0", "gpu:99999"})
    void rejectsInvalidDevice(String device) {
        CONTEXT.withPropertyValues("shatterlab.worker.device=" + device)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("rejected value [" + device + "]")
                        .hasMessageContaining("must be auto, cpu, gpu or gpu:N"));
    }

    @Test
    void reportsAllViolationsAtOnce() {
        CONTEXT.withPropertyValues(
                        "shatterlab.worker.threads=-1", "shatterlab.worker.attempts=0", "shatterlab.worker.grace=-1s")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContainingAll("on field 'threads'", "on field 'attempts'", "on field 'grace'"));
    }

    @Test
    void rejectsNegativeMemory() {
        assertThatThrownBy(() -> bind(Map.of("shatterlab.worker.memory", "-1B")))
                .rootCause()
                .hasMessage("shatterlab.worker.memory must not be negative");
    }
}
