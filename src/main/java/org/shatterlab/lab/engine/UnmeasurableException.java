package org.shatterlab.lab.engine;

/**
 * The numbers of a cell do not exist or cannot be represented, whoever computes them and however often: the fault of what
 * was asked, or of the data it is asked about. The reason says why and what to ask for instead.
 */
public class UnmeasurableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String reason;

    public UnmeasurableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** Why, as a sentence for the user. */
    public String reason() {
        return reason;
    }
}
