package org.shatterlab.lab.random;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Normal values that follow from a name, drawn by the engine on a device.
 *
 * <p>Unlike those of {@link Normals} they depend on the version of the engine and on the model of the device, as PyTorch
 * deals the counters of Philox to the threads of a GPU by the number of its multiprocessors, and those of two formats have
 * nothing in common. Of the 64 bits of the seed a CPU takes 32. Thread-safe.
 */
public final class DeviceNormals {

    /** A seed is that of all devices of the process, so that no other may come between it and its draw. */
    private static final Object GENERATORS = new Object();

    private DeviceNormals() {}

    /**
     * An array of its own, of mean zero.
     *
     * @param name what the values are for; arrays of different names are independent
     * @param manager of the device, which the array is closed with
     */
    public static NDArray named(String name, double standardDeviation, Shape shape, DataType type, NDManager manager) {
        // Not by the engine's own interface, whose seeds have 32 bits: two of a hundred thousand names would share one.
        long seed = ByteBuffer.wrap(DigestUtils.sha256(name)).getLong();
        synchronized (GENERATORS) {
            JniUtils.setSeed(seed);
            return JniUtils.normal((PtNDManager) manager, 0, standardDeviation, shape, type, manager.getDevice());
        }
    }
}
