package org.shatterlab.lab.engine;

/**
 * Reports that a number of a cell does not exist or cannot be represented. The cause lies in the specification or in
 * the data, so a retry fails on every worker. The reason explains the failure and suggests a different request.
 */
public class UnmeasurableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String reason;

    public UnmeasurableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** Returns the reason, as whole sentences for the user. */
    public String reason() {
        return reason;
    }
}
