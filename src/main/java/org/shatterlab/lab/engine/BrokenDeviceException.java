package org.shatterlab.lab.engine;

/** A device failed in a way after which this process can compute nothing on it any more; another process can. */
public class BrokenDeviceException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public BrokenDeviceException(String device, Throwable cause) {
        super("this process cannot compute on " + device + " any more", cause);
    }
}
