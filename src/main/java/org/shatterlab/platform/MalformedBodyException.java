package org.shatterlab.platform;

/** A body is not valid JSON. The service answers 400 with this message, which names the position of the error. */
public class MalformedBodyException extends RuntimeException {

    public MalformedBodyException(String message) {
        super(message);
    }

    public MalformedBodyException(String message, Throwable cause) {
        super(message, cause);
    }
}
