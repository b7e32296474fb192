package org.shatterlab.lab.engine;

/** Reports a device on which this process can no longer compute. A new process can use the device again. */
public class BrokenDeviceException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public BrokenDeviceException(String device, Throwable cause) {
        super("This process can no longer compute on " + device + ". Start a new process.", cause);
    }
}
