package org.shatterlab.lab;

/**
 * The numbers of a cell do not exist or cannot be represented, whoever computes them and however often: the fault of what
 * was asked. The message says why and what to ask for instead.
 */
public class UnmeasurableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UnmeasurableException(String message) {
        super(message);
    }
}
