package org.shatterlab.lab.engine;

/** The place where independent normal weights of hidden layers are drawn. All other values are drawn on the host. */
public enum DrawSource {
    /** The JVM draws the weights, so that the weights are the same on every device. */
    HOST("host"),
    /**
     * The engine draws the weights on the computing device, so that a GPU waits neither for the host nor for the bus.
     */
    DEVICE("device");

    private final String apiName;

    DrawSource(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
