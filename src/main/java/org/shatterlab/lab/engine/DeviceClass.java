package org.shatterlab.lab.engine;

/** A kind of device, whose results are not taken for those of another: they round differently. */
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
