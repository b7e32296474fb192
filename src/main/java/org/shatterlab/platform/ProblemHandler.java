package org.shatterlab.platform;

import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.coyote.BadRequestException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Answers every error with a problem document. Internal errors are logged and never sent to the client. */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

    private final DatabaseOutages outages;

    ProblemHandler(DatabaseOutages outages) {
        this.outages = outages;
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onProblem(ProblemException e, WebRequest request) {
        HttpHeaders headers = e.problem().headers();
        headers.putAll(e.headers());
        return answer(e, e.problem().detail(Objects.requireNonNull(e.getMessage())), headers, request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onMalformedBody(MalformedBodyException e, WebRequest request) {
        return answer(e, Problem.MALFORMED_REQUEST, Objects.requireNonNull(e.getMessage()), request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onInvalidRequest(InvalidRequestException e, WebRequest request) {
        int count = e.violations().size();
        ProblemDetail problem = Problem.INVALID_REQUEST.detail(
                count == 1 ? "One value is not allowed." : count + " values are not allowed.");
        problem.setProperty("violations", e.violations());
        return answer(e, problem, Problem.INVALID_REQUEST.headers(), request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onUnreadableParameters(InvalidParameterException e, WebRequest request) {
        Problem problem = Problem.of(HttpStatusCode.valueOf(e.getErrorCode()));
        return answer(
                e,
                problem,
                "The parameters cannot be read. Either a parameter has no name or is not valid UTF-8 in"
                        + " percent-encoding, or the request has too many parameters.",
                request);
    }

    /** Handles a body with invalid framing, and a lost client. The server may have answered the request already. */
    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onUnreadableBody(BadRequestException e, WebRequest request) throws BadRequestException {
        if (isCommitted(request)) {
            throw e;
        }
        return answer(
                e,
                Problem.MALFORMED_REQUEST,
                "The body does not have the announced length, or its chunks are not valid.",
                request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onAnythingElse(Exception e, WebRequest request) {
        Optional<Problem> database = outages.record(e);
        if (database.isEmpty()) {
            log.error("A request failed: {}", request.getDescription(false), e);
            return answer(e, Problem.INTERNAL_ERROR, Problem.FAILURE, request);
        }
        return answer(
                e,
                database.get(),
                switch (database.get()) {
                    case BUSY -> "Other requests use all connections or are changing the same data. Retry in a second.";
                    case DATABASE_READ_ONLY ->
                        "The disk of the database is full, or the database is read-only. Retry later.";
                    default -> "Try again in a few seconds.";
                },
                request);
    }

    private @Nullable ResponseEntity<Object> answer(Exception e, Problem problem, String detail, WebRequest request) {
        return answer(e, problem.detail(detail), problem.headers(), request);
    }

    private @Nullable ResponseEntity<Object> answer(
            Exception e, ProblemDetail problem, HttpHeaders headers, WebRequest request) {
        return handleExceptionInternal(e, problem, headers, HttpStatusCode.valueOf(problem.getStatus()), request);
    }

    private static String detail(Exception e) {
        if (e instanceof NoResourceFoundException) {
            return "No resource has this address. The API is described at /openapi.yaml.";
        }
        String detail = e instanceof ErrorResponse refusal ? refusal.getBody().getDetail() : null;
        return detail == null ? Problem.UNKNOWN_REJECTION : detail;
    }

    /**
     * Adds the members of our problem documents to the errors of the framework. The problem document replaces a
     * buffered answer. If a part of the answer is already sent, the exception is rethrown and the connection breaks. A
     * client then cannot mistake the part for the whole answer.
     */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (isCommitted(request)) {
            throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
        }
        reset(response(request));
        ProblemDetail answer = body instanceof ProblemDetail ours && ours.getProperties() != null
                ? ours
                : Problem.of(status).detail(detail(e));
        // The framework would take the address as it is, and fail if the address is no URI.
        answer.setInstance(TomcatProblems.instance(
                ((ServletWebRequest) request).getRequest().getRequestURI()));
        HttpHeaders all = new HttpHeaders();
        all.putAll(headers);
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return super.handleExceptionInternal(e, answer, all, status, request);
    }

    /** Discards the buffered answer but keeps its CORS headers, which an earlier filter decided. */
    private static void reset(HttpServletResponse response) {
        Map<String, List<String>> kept = response.getHeaderNames().stream()
                .filter(name -> name.startsWith("Access-Control-") || name.equals(HttpHeaders.VARY))
                .collect(Collectors.toMap(
                        Function.identity(), name -> List.copyOf(response.getHeaders(name)), (a, _) -> a));
        response.reset();
        kept.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    }

    private static boolean isCommitted(WebRequest request) {
        return response(request).isCommitted();
    }

    private static HttpServletResponse response(WebRequest request) {
        return Objects.requireNonNull(((ServletWebRequest) request).getResponse());
    }
}
