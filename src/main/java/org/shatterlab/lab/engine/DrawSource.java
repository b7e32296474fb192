package org.shatterlab.lab.engine;

/** Where independent normal weights of hidden layers are drawn; everything else is drawn on the host. */
public enum DrawSource {
    /** On the JVM: the same weights whatever computes with them. */
    HOST("host"),
    /** On the device that computes with them, by the engine, so that a GPU waits neither for the host nor for the bus. */
    DEVICE("device");

    private final String apiName;

    DrawSource(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
