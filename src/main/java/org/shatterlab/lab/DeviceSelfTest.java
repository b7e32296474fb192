package org.shatterlab.lab;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.network.ConvolutionalLayers;
import org.shatterlab.lab.random.DeviceNormals;
import org.shatterlab.lab.random.Normals;

/**
 * A computation in float32 that checks a device before the device computes any cell. The device must return the numbers
 * of the CPU.
 *
 * <p>By default, a GPU may read only 10 bits of a mantissa (TF32). No statistic would reveal this loss of precision.
 *
 * @param name the plural name of the computation in messages
 * @param left the shape of the first argument, an array of standard normal values
 * @param right the shape of the second argument, an array of standard normal values
 * @param computation the computation to compare
 */
record DeviceSelfTest(String name, Shape left, Shape right, BinaryOperator<NDArray> computation) {

    /** Compares batched products of matrices. */
    static final DeviceSelfTest PRODUCT =
            new DeviceSelfTest("products of matrices", new Shape(4, 256, 256), new Shape(4, 256, 256), NDArray::matMul);

    /** Compares convolutions that are large enough for a GPU to choose an algorithm that rounds. */
    static final DeviceSelfTest CONVOLUTION = new DeviceSelfTest(
            "convolutions", new Shape(8, 64, 32, 32), new Shape(64, 64, 3, 3), ConvolutionalLayers::convolve);

    /**
     * Checks that draws are finite numbers. Each device draws different values, so the test multiplies the values by 0.
     * The products are 0 only for finite numbers.
     */
    static final DeviceSelfTest DRAW = new DeviceSelfTest(
            "draws",
            new Shape(256),
            new Shape(1),
            (left, _) -> DeviceNormals.named("trial", 1, left.getShape(), DataType.FLOAT32, left.getManager())
                    .muli(0));

    /**
     * The largest allowed error, relative to the largest number. A different order of sums and Winograd's convolutions
     * have smaller errors. TF32 has an error of 3e-4.
     */
    private static final double TOLERANCE = 1e-4;

    /**
     * Runs all self-tests on a device.
     *
     * @throws IllegalStateException if the device fails a self-test; the message suggests a remedy
     */
    static void requireAll(Device device) {
        List.of(PRODUCT, CONVOLUTION, DRAW).forEach(test -> test.require(device, test.computation()));
    }

    /**
     * Runs this self-test on a device.
     *
     * @param onDevice the computation to run on the device, which tests may replace
     * @throws IllegalStateException if the computation fails or its numbers differ too much from the CPU's numbers
     */
    void require(Device device, BinaryOperator<NDArray> onDevice) {
        float[] found;
        try {
            found = compute(device, onDevice);
        } catch (EngineException e) {
            throw new IllegalStateException(
                    "The device " + device + " fails the self-test of " + name
                            + ". If the cause is \"no kernel image\", the GPU is too old. Use a GPU of compute "
                            + "capability 7.5 or more, or compute on the CPU with SHATTERLAB_WORKER_DEVICE=cpu.",
                    e);
        }
        double error = error(found, compute(Device.cpu(), computation));
        // The negated comparison also rejects NaN.
        if (!(error <= TOLERANCE)) {
            throw new IllegalStateException("The device " + device + " fails the self-test of " + name
                    + " with an error of " + error + " relative to the largest number. The error must be at most "
                    + TOLERANCE + ". If the GPU rounds to TF32, set NVIDIA_TF32_OVERRIDE=0 in the environment.");
        }
    }

    private float[] compute(Device device, BinaryOperator<NDArray> operation) {
        try (NDManager manager = NDManager.newBaseManager(device)) {
            return operation
                    .apply(normals("left", left, manager), normals("right", right, manager))
                    .toFloatArray();
        }
    }

    private static NDArray normals(String name, Shape shape, NDManager manager) {
        ContinuousSampler normals = Normals.named("trial, " + name);
        double[] values = new double[Math.toIntExact(shape.size())];
        Arrays.setAll(values, _ -> normals.sample());
        return Precision.FLOAT32.array(manager, values, shape);
    }

    /** Returns the largest difference divided by the largest expected number. */
    private static double error(float[] found, float[] expected) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }
}
