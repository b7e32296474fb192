package org.shatterlab.lab.engine;

/** A kind of device. Results of different kinds are never mixed, because the devices round differently. */
public enum DeviceClass {
    CPU("cpu"),
    GPU("gpu");

    private final String apiName;

    DeviceClass(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
