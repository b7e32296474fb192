package org.shatterlab.lab;

/** A kind of device. Two devices of one class round alike, up to their model. */
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
