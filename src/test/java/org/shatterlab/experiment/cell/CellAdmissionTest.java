package org.shatterlab.experiment.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.SpecBodies;
import org.shatterlab.experiment.spec.StoredSpecCodec;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Violation;

class CellAdmissionTest {

    @ParameterizedTest
    @CsvSource({"auto, CPU, CPU", "auto, GPU, GPU", "cpu, CPU, CPU", "gpu, GPU, GPU"})
    void workersDecideOpenDevice(String asked, DeviceClass present, DeviceClass chosen) {
        ExperimentSpec spec = admit(Map.of(present, Long.MAX_VALUE), device(asked));
        assertThat(spec.device()).isEqualTo(chosen);
        assertThat(StoredSpecCodec.read(StoredSpecCodec.write(spec)).device())
                .as("after the worker is gone")
                .isEqualTo(chosen);
    }

    /** The cell of the experiment needs more than a byte and less than a terabyte. */
    @ParameterizedTest
    @CsvSource({
        "1, 1000000000000, CPU",
        "1000000000000, 1, GPU",
        "1000000000000, 1000000000000, GPU",
        "1000000000000,, GPU"
    })
    void choosesDeviceWithEnoughMemory(Long gpu, @Nullable Long cpu, DeviceClass chosen) {
        Map<DeviceClass, Long> memory = new EnumMap<>(Map.of(DeviceClass.GPU, gpu));
        if (cpu != null) {
            memory.put(DeviceClass.CPU, cpu);
        }
        assertThat(admit(memory, device("auto")).device()).isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({"GPU, GPU", "CPU, CPU", "GPU CPU, GPU"})
    void refusalNamesPreferredDevice(String present, String named) {
        Map<DeviceClass, Long> memory =
                Stream.of(present.split(" ")).collect(Collectors.toMap(DeviceClass::valueOf, _ -> 1L));
        assertThat(refusals(memory, "auto"))
                .singleElement()
                .asString()
                .contains("the largest worker on a " + named + " has 0 MiB");
    }

    @ParameterizedTest
    @CsvSource({"cpu, GPU", "gpu, CPU"})
    void rejectsDeviceWithoutWorkers(String asked, DeviceClass present) {
        assertThatThrownBy(() -> admit(Map.of(present, Long.MAX_VALUE), device(asked)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("/device");
    }

    @Test
    void acceptsCpuWithoutKnownWorkers() {
        assertThat(admit(Map.of(), device("cpu")).device()).isEqualTo(DeviceClass.CPU);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "gpu"})
    void gpuMayDrawOnDevice(String asked) {
        ExperimentSpec spec = admit(Map.of(DeviceClass.GPU, Long.MAX_VALUE), device(asked) + ", 'draws': 'device'");
        assertThat(spec.draws()).isEqualTo(DrawSource.DEVICE);
        assertThat(CellPlanner.plan(spec))
                .allSatisfy(planned -> assertThat(planned.cell().draws()).isEqualTo(DrawSource.DEVICE));
        assertThat(StoredSpecCodec.read(StoredSpecCodec.write(spec)))
                .as("after the worker is gone")
                .isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource({"auto, CPU", "cpu, CPU", "cpu, GPU"})
    void rejectsDeviceDrawsOnCpu(String asked, DeviceClass alsoPresent) {
        Map<DeviceClass, Long> memory = new EnumMap<>(Map.of(DeviceClass.CPU, Long.MAX_VALUE));
        memory.put(alsoPresent, Long.MAX_VALUE);
        assertThatThrownBy(() -> admit(memory, device(asked) + ", 'draws': 'device'"))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        e -> assertThat(e.violations())
                                .extracting(Violation::pointer)
                                .containsExactly("/draws"));
    }

    @Test
    void limitsCellMemoryByDevice() {
        Map<DeviceClass, Long> memory = Map.of(DeviceClass.CPU, Long.MAX_VALUE, DeviceClass.GPU, 1L);
        assertThat(admit(memory, device("cpu")).device()).isEqualTo(DeviceClass.CPU);
        assertThat(refusals(memory, "gpu"))
                .singleElement()
                .asString()
                .contains("the largest worker on a GPU has 0 MiB");
    }

    @Test
    void limitsBytesOfAnExperiment() {
        String body = """
                {'networks': [{'family': 'feedforward', 'width': 10}], 'depths': {'from': 1, 'to': 64, 'step': 1},
                 'inputs': {'type': 'grid', 'points': 512}, 'statistics': ['covariance'], 'runs': %s}""";
        assertThat(CellPlanner.count(SpecBodies.read(body.formatted("750")))).isEqualTo(150);
        for (String runs : List.of("800", "{'min': 5, 'max': 800, 'relativeError': 0.1, 'of': 'gradient-variance'}")) {
            String rejected = body.formatted(runs).replace("['covariance']", "['covariance', 'gradient-variance']");
            assertThat(catchThrowableOfType(InvalidRequestException.class, () -> SpecBodies.read(rejected))
                            .violations())
                    .singleElement()
                    .satisfies(violation -> {
                        assertThat(violation.pointer()).isEqualTo("/statistics");
                        assertThat(violation.message())
                                .contains("for 160 cells; 20.0 GB is the limit on experiment-bytes");
                    });
        }
    }

    private static List<String> refusals(Map<DeviceClass, Long> memory, String device) {
        return catchThrowableOfType(InvalidRequestException.class, () -> admit(memory, device(device)))
                .violations()
                .stream()
                .map(Violation::message)
                .toList();
    }

    private static ExperimentSpec admit(Map<DeviceClass, Long> memory, String fields) {
        return SpecBodies.admit(memory, SpecBodies.body(fields));
    }

    private static String device(String name) {
        return "'device': '" + name + "'";
    }

    @Test
    void reportsCellsBesideStatistics() {
        String body = """
                {'networks': [{'family': 'feedforward', 'depths': [2], 'activation': 'linear'},
                              {'family': 'resnet', 'depths': [2], 'activation': 'linear'}],
                 'statistics': ['gradient-variance', 'autocorrelation'], 'runs': 100000}""";
        assertThat(catchThrowableOfType(InvalidRequestException.class, () -> SpecBodies.read(body))
                        .violations())
                .extracting(Violation::pointer)
                .containsExactly("/statistics/1", "/runs");
    }
}
