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

/** Runs the self-tests on a CPU with computations that imitate faulty GPUs. */
class DeviceSelfTestTest {

    private static final Device CPU = Device.cpu();

    /** The mask of the 13 bits of a mantissa of 23 bits that TF32 drops. */
    private static final int DROPPED_BITS = (1 << 13) - 1;

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    static List<DeviceSelfTest> comparisons() {
        return List.of(DeviceSelfTest.PRODUCT, DeviceSelfTest.CONVOLUTION);
    }

    /** Rounds each value to the nearest number with 10 bits of mantissa. */
    private static NDArray rounded(NDArray values) {
        float[] numbers = values.toFloatArray();
        for (int i = 0; i < numbers.length; i++) {
            int roundedUp = Float.floatToRawIntBits(numbers[i]) + DROPPED_BITS / 2 + 1;
            numbers[i] = Float.intBitsToFloat(roundedUp & ~DROPPED_BITS);
        }
        return values.getManager().create(numbers, values.getShape());
    }

    private static NDArray exact(NDArray values) {
        return values.toType(DataType.FLOAT64, true);
    }

    @Test
    void passesOnCpu() {
        assertThatCode(() -> DeviceSelfTest.requireAll(CPU)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void rejectsDeviceThatRoundsToTf32(DeviceSelfTest test) {
        assertThatThrownBy(() ->
                        test.require(CPU, (left, right) -> test.computation().apply(rounded(left), rounded(right))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NVIDIA_TF32_OVERRIDE=0");
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void acceptsOtherRoundingOfSums(DeviceSelfTest test) {
        assertThatCode(() -> test.require(
                        CPU,
                        (left, right) -> test.computation()
                                .apply(exact(left), exact(right))
                                .toType(DataType.FLOAT32, true)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void rejectsNan(DeviceSelfTest test) {
        assertThatThrownBy(() -> test.require(
                        CPU,
                        (left, right) -> test.computation().apply(left, right).mul(Float.NaN)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rejectsDeviceWithoutKernels() {
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
