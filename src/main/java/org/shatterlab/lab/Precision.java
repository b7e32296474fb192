package org.shatterlab.lab;

/** The floating-point format of the networks. Statistics are accumulated in float64 either way. */
public enum Precision {
    FLOAT32("float32"),
    FLOAT64("float64");

    private final String apiName;

    Precision(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
