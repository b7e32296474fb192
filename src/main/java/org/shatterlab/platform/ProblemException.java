package org.shatterlab.platform;

/** A refusal whose message is meant for the client. */
public class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Problem problem;

    public ProblemException(Problem problem, String detail) {
        super(detail);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
