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
 * Draws normal values on a device, with a seed derived from a name.
 *
 * <p>Unlike the values of {@link Normals}, these values depend on the engine's version and on the device's model.
 * PyTorch assigns the counters of Philox to the threads of a GPU by the number of multiprocessors. The float32 values
 * of a name are unrelated to its float64 values. A CPU uses only 32 of the seed's 64 bits. Thread-safe.
 */
public final class DeviceNormals {

    /**
     * The seed applies to all devices of the process, so no other thread may set a seed between a seed and its draw.
     */
    private static final Object GENERATORS = new Object();

    private DeviceNormals() {}

    /**
     * Draws a new array of normal values with mean 0. A name determines the values on one device model, for one shape,
     * type and engine version.
     *
     * @param name the purpose of the values; arrays of different names are independent
     * @param manager a manager of the device; closes the array
     */
    public static NDArray named(String name, double standardDeviation, Shape shape, DataType type, NDManager manager) {
        // The public interface of the engine takes seeds of 32 bits. With such seeds, two of a hundred thousand names
        // would probably share a seed. Therefore the code sets a seed of 64 bits through the native interface.
        long seed = ByteBuffer.wrap(DigestUtils.sha256(name)).getLong();
        synchronized (GENERATORS) {
            JniUtils.setSeed(seed);
            return JniUtils.normal((PtNDManager) manager, 0, standardDeviation, shape, type, manager.getDevice());
        }
    }
}
