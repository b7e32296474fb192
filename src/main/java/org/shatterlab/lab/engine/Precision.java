package org.shatterlab.lab.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** The floating-point format of the networks. Statistics are accumulated in float64 in both formats. */
public enum Precision {
    FLOAT32("float32", DataType.FLOAT32),
    FLOAT64("float64", DataType.FLOAT64);

    private final String apiName;
    private final DataType type;

    Precision(String apiName, DataType type) {
        this.apiName = apiName;
        this.type = type;
    }

    /** Returns the engine's data type for this format. */
    public DataType type() {
        return type;
    }

    /**
     * Creates an array of this format that owns its memory.
     *
     * <p>The engine keeps the values of a Java array in a buffer that lives as long as the created {@link NDArray}
     * object. A conversion to the type that an array already has shares this buffer. Therefore float64 values are
     * duplicated.
     *
     * @param manager the manager that closes the array
     */
    public NDArray array(NDManager manager, double[] values, Shape shape) {
        try (NDArray exact = manager.create(values, shape)) {
            return exact.getDataType() == type ? exact.duplicate() : exact.toType(type, true);
        }
    }

    public String apiName() {
        return apiName;
    }
}
