package org.shatterlab.lab;

import ai.djl.ndarray.types.DataType;

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

    public String apiName() {
        return apiName;
    }
}
