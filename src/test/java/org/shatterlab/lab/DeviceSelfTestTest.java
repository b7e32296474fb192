package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.input.DatasetFolder;

/** What would be refused of a GPU, on a CPU that computes like one. */
class DeviceSelfTestTest {

    private static final Device CPU = Device.cpu();

    /** Of the 23 bits of a mantissa, those that are dropped. */
    private static final int DROPPED = (1 << 13) - 1;

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    static List<DeviceSelfTest> compared() {
        return List.of(DeviceSelfTest.PRODUCT, DeviceSelfTest.CONVOLUTION);
    }

    /** To the nearest number of 10 bits of mantissa. */
    private static NDArray rounded(NDArray values) {
        float[] numbers = values.toFloatArray();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.intBitsToFloat((Float.floatToRawIntBits(numbers[i]) + DROPPED / 2 + 1) & ~DROPPED);
        }
        return values.getManager().create(numbers, values.getShape());
    }

    private static NDArray exact(NDArray values) {
        return values.toType(DataType.FLOAT64, true);
    }

    @Test
    void aCpuPasses() {
        assertThatCode(() -> DeviceSelfTest.requireAll(CPU)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("compared")
    void aDeviceThatReadsTenBitsIsRefusedWithWhatToDo(DeviceSelfTest trial) {
        assertThatThrownBy(() ->
                        trial.require(CPU, (left, right) -> trial.computation().apply(rounded(left), rounded(right))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NVIDIA_TF32_OVERRIDE=0");
    }

    @ParameterizedTest
    @MethodSource("compared")
    void sumsMayBeRoundedOtherwise(DeviceSelfTest trial) {
        assertThatCode(() -> trial.require(
                        CPU,
                        (left, right) -> trial.computation()
                                .apply(exact(left), exact(right))
                                .toType(DataType.FLOAT32, true)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("compared")
    void whatIsNoNumberIsRefused(DeviceSelfTest trial) {
        assertThatThrownBy(() -> trial.require(
                        CPU,
                        (left, right) -> trial.computation().apply(left, right).mul(Float.NaN)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDeviceWithoutKernelsIsRefusedWithWhatToDo() {
        EngineException failure =
                new EngineException("CUDA error: no kernel image is available for execution on the device");
        assertThatThrownBy(() -> DeviceSelfTest.DRAW.require(CPU, (_, _) -> {
                    throw failure;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("compute capability 7.5 or more")
                .hasCause(failure);
    }
}
