package org.shatterlab.platform;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.coyote.BadRequestException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
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

/** Answers every error with a problem document. What went wrong inside goes to the log, never to the client. */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

    /** An outage is told once in this time, not for each request that meets it. */
    private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);

    private final AtomicReference<Instant> lastWarning = new AtomicReference<>(Instant.MIN);

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
                "The parameters cannot be read: they are not valid UTF-8 in percent-encoding, one has no name,"
                        + " or there are too many.",
                request);
    }

    /** The client's framing of the body is not what it sent, which the server may have refused already, or it went away. */
    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onUnreadableBody(BadRequestException e, WebRequest request) throws BadRequestException {
        if (isCommitted(request)) {
            throw e;
        }
        return answer(
                e,
                Problem.MALFORMED_REQUEST,
                "The body is not as long as it is said to be, or its chunks are not valid.",
                request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onAnythingElse(Exception e, WebRequest request) {
        Optional<Problem> database = DatabaseFailures.problem(e);
        if (database.isEmpty()) {
            log.error("a request failed: {}", request.getDescription(false), e);
            return answer(e, Problem.INTERNAL_ERROR, Problem.FAILURE, request);
        }
        warn(database.get(), e);
        return answer(
                e,
                database.get(),
                database.get() == Problem.BUSY
                        ? "Others are changing the same; try again in a second."
                        : "Try again in a few seconds.",
                request);
    }

    private void warn(Problem problem, Exception e) {
        Instant now = Instant.now();
        Instant last = lastWarning.get();
        if (now.isAfter(last.plus(BETWEEN_WARNINGS)) && lastWarning.compareAndSet(last, now)) {
            log.warn(
                    "requests are answered with {}: {}",
                    problem.code(),
                    NestedExceptionUtils.getMostSpecificCause(e).toString());
        }
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
            return "Nothing has this address; the API is described at /openapi.yaml.";
        }
        String detail = e instanceof ErrorResponse refusal ? refusal.getBody().getDetail() : null;
        return detail == null ? Problem.REFUSAL : detail;
    }

    /**
     * The framework's own refusals get the same members as ours. An answer of which a part is gone already is broken off, so
     * that nobody takes it for the whole; what is not gone gives way to the problem.
     */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (isCommitted(request)) {
            throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
        }
        reset(response(request));
        Object answer = body instanceof ProblemDetail ours && ours.getProperties() != null
                ? body
                : Problem.of(status).detail(detail(e));
        HttpHeaders all = new HttpHeaders();
        all.putAll(headers);
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return super.handleExceptionInternal(e, answer, all, status, request);
    }

    /** What lets pages of other origins read an answer was decided before, and stays. */
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
