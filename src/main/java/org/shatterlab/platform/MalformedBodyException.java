package org.shatterlab.platform;

/** A body that is not JSON: a 400. Its message is meant for the client and says where. */
public class MalformedBodyException extends RuntimeException {

    public MalformedBodyException(String message) {
        super(message);
    }

    public MalformedBodyException(String message, Throwable cause) {
        super(message, cause);
    }
}
