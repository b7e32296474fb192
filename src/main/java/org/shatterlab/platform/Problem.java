package org.shatterlab.platform;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** A kind of problem document (RFC 9457) with a stable code. Its type is {@code urn:shatterlab:problem:code}. */
public enum Problem {
    MALFORMED_REQUEST(HttpStatus.BAD_REQUEST, "The request cannot be read"),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "The client is not authenticated"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "The client may not do this"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such resource"),
    NOT_MEASURED_YET(HttpStatus.NOT_FOUND, "This has not been measured yet", 1),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The resource does not support this method"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The resource has no representation of an accepted type"),
    CONFLICT(HttpStatus.CONFLICT, "The state of the resource does not allow this"),
    PRECONDITION_FAILED(HttpStatus.PRECONDITION_FAILED, "The resource does not meet the precondition"),
    REQUEST_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "The request did not arrive in time"),
    ADDRESS_TOO_LONG(HttpStatus.URI_TOO_LONG, "The address is too long"),
    HEADERS_TOO_LARGE(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large"),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The resource does not support this type of body"),
    INVALID_REQUEST(HttpStatus.UNPROCESSABLE_CONTENT, "The request is understood but not allowed"),
    QUEUE_FULL(HttpStatus.TOO_MANY_REQUESTS, "The queue is full", 10),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "The service failed"),
    STORAGE_FULL(HttpStatus.INSUFFICIENT_STORAGE, "The storage is full"),
    NO_FONT(HttpStatus.INTERNAL_SERVER_ERROR, "The service has no font"),
    DATABASE_AWAY(HttpStatus.SERVICE_UNAVAILABLE, "The database does not answer", 5),
    DATABASE_READ_ONLY(HttpStatus.SERVICE_UNAVAILABLE, "The database accepts no changes", 30),
    ISSUER_AWAY(HttpStatus.SERVICE_UNAVAILABLE, "The issuer of tokens does not answer", 5),
    BUSY(HttpStatus.SERVICE_UNAVAILABLE, "The service is busy", 1);

    /** The detail of a rejected request whose reason is unknown. */
    static final String UNKNOWN_REJECTION = "The request cannot be served.";

    /** The detail of {@link #INTERNAL_ERROR}. */
    static final String FAILURE = "The service failed to answer this request. The log of the service has the reason.";

    private final HttpStatus status;
    private final String title;
    private final int retrySeconds;

    Problem(HttpStatus status, String title) {
        this(status, title, 0);
    }

    Problem(HttpStatus status, String title, int retrySeconds) {
        this.status = status;
        this.title = title;
        this.retrySeconds = retrySeconds;
    }

    public HttpStatus status() {
        return status;
    }

    /** Returns the stable code of this kind, for example {@code not-found}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the headers of the document. They have {@code Retry-After} if the same request may succeed later. */
    HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        if (retrySeconds > 0) {
            headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(retrySeconds));
        }
        return headers;
    }

    /** Returns the document of one occurrence. The framework adds the instance. */
    public ProblemDetail detail(String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:shatterlab:problem:" + code()));
        problem.setTitle(title);
        problem.setProperty("code", code());
        return problem;
    }

    /** Returns the kind for a status with which the framework rejected a request. */
    static Problem of(HttpStatusCode status) {
        for (Problem problem : values()) {
            if (problem.status.value() == status.value()) {
                return problem;
            }
        }
        return status.is4xxClientError() ? MALFORMED_REQUEST : INTERNAL_ERROR;
    }
}
