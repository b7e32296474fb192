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
 * A computation in float32 that a device is asked for before cells come to it, and that must have the numbers that a CPU has.
 * By default GPUs may read 10 bits of a mantissa alone (TF32), which no statistic would tell.
 *
 * @param name what it is
 * @param left the shape of its first argument, of standard normal values
 * @param right of its second
 */
record DeviceSelfTest(String name, Shape left, Shape right, BinaryOperator<NDArray> computation) {

    /** Of matrices of several runs. */
    static final DeviceSelfTest PRODUCT =
            new DeviceSelfTest("products of matrices", new Shape(4, 256, 256), new Shape(4, 256, 256), NDArray::matMul);

    /** Large enough that it is worth a GPU's while to round. */
    static final DeviceSelfTest CONVOLUTION = new DeviceSelfTest(
            "convolutions", new Shape(8, 64, 32, 32), new Shape(64, 64, 3, 3), ConvolutionalLayers::convolve);

    /** Whose values are others on each device: zero times them, which is zero only where they are numbers. */
    static final DeviceSelfTest DRAW = new DeviceSelfTest(
            "draws",
            new Shape(256),
            new Shape(1),
            (left, _) -> DeviceNormals.named("trial", 1, left.getShape(), DataType.FLOAT32, left.getManager())
                    .muli(0));

    /** Of the largest entry. Sums in another order and Winograd's convolutions are off by less, TF32 by 3e-4. */
    private static final double TOLERANCE = 1e-4;

    /**
     * Tries all of them.
     *
     * @throws IllegalStateException where the device fails in one, and says what to do
     */
    static void requireAll(Device device) {
        List.of(PRODUCT, CONVOLUTION, DRAW).forEach(trial -> trial.require(device, trial.computation()));
    }

    /**
     * Tries this one.
     *
     * @param onDevice what the device makes of the computation
     */
    void require(Device device, BinaryOperator<NDArray> onDevice) {
        float[] found;
        try {
            found = compute(device, onDevice);
        } catch (EngineException e) {
            throw new IllegalStateException(
                    device + " fails in " + name
                            + ". If it has \"no kernel image\", it is too old: take a GPU of compute "
                            + "capability 7.5 or more, or compute on the CPU (SHATTERLAB_WORKER_DEVICE=cpu)",
                    e);
        }
        double error = error(found, compute(Device.cpu(), computation));
        // Not >, since it may be no number.
        if (!(error <= TOLERANCE)) {
            throw new IllegalStateException(device + " is off by " + error + " of the largest number in " + name
                    + ", which float32 is by less than " + TOLERANCE + ". If it rounds to TF32, set "
                    + "NVIDIA_TF32_OVERRIDE=0 in the environment");
        }
    }

    private float[] compute(Device device, BinaryOperator<NDArray> how) {
        try (NDManager manager = NDManager.newBaseManager(device)) {
            return how.apply(normals("left", left, manager), normals("right", right, manager))
                    .toFloatArray();
        }
    }

    private static NDArray normals(String name, Shape shape, NDManager manager) {
        ContinuousSampler normals = Normals.named("trial, " + name);
        double[] values = new double[Math.toIntExact(shape.size())];
        Arrays.setAll(values, _ -> normals.sample());
        return Precision.FLOAT32.array(manager, values, shape);
    }

    /** The largest difference over the largest number. */
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
