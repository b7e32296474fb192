package org.shatterlab.platform;

import org.springframework.http.HttpHeaders;

/** A request is rejected. The message is written for the client. */
public class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Problem problem;
    private final HttpHeaders headers;

    public ProblemException(Problem problem, String detail) {
        this(problem, detail, HttpHeaders.EMPTY);
    }

    /** Creates an exception whose answer also has these headers. */
    public ProblemException(Problem problem, String detail, HttpHeaders headers) {
        super(detail);
        this.problem = problem;
        this.headers = headers;
    }

    public Problem problem() {
        return problem;
    }

    HttpHeaders headers() {
        return headers;
    }
}
