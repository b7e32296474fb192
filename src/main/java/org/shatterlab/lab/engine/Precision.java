package org.shatterlab.lab.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** The floating-point format of the networks. Statistics are accumulated in float64 either way. */
public enum Precision {
    FLOAT32("float32", DataType.FLOAT32),
    FLOAT64("float64", DataType.FLOAT64);

    private final String apiName;
    private final DataType type;

    Precision(String apiName, DataType type) {
        this.apiName = apiName;
        this.type = type;
    }

    /** The engine's name for it. */
    public DataType type() {
        return type;
    }

    /**
     * An array of this format, with memory of its own. What the engine makes of a Java array lies in a buffer that lives as
     * long as that very array object, and a conversion to the type that there is already is the same memory, not a copy.
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
