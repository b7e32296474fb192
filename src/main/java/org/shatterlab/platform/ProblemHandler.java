package org.shatterlab.platform;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Answers every error with a problem document. What went wrong inside goes to the log, never to the client. */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);
    private static final String RETRY_SECONDS = "5";

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onProblem(ProblemException e, WebRequest request) {
        HttpHeaders headers = new HttpHeaders();
        if (e.problem() == Problem.NOT_MEASURED_YET) {
            headers.set(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer(e, e.problem().detail(Objects.requireNonNull(e.getMessage())), headers, request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onMalformedBody(MalformedBodyException e, WebRequest request) {
        return answer(
                e,
                Problem.MALFORMED_REQUEST.detail(Objects.requireNonNull(e.getMessage())),
                new HttpHeaders(),
                request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onInvalidRequest(InvalidRequestException e, WebRequest request) {
        int count = e.violations().size();
        ProblemDetail problem = Problem.INVALID_REQUEST.detail(
                count == 1 ? "One value is not allowed." : count + " values are not allowed.");
        problem.setProperty("violations", e.violations());
        return answer(e, problem, new HttpHeaders(), request);
    }

    @ExceptionHandler({DataAccessResourceFailureException.class, CannotCreateTransactionException.class})
    @Nullable
    ResponseEntity<Object> onDatabaseAway(Exception e, WebRequest request) {
        LOG.warn("the database does not answer", e);
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        return answer(e, Problem.DATABASE_AWAY.detail("Try again in a few seconds."), headers, request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> onAnythingElse(Exception e, WebRequest request) {
        LOG.error("a request failed: {}", request.getDescription(false), e);
        return answer(
                e,
                Problem.INTERNAL_ERROR.detail("The service failed to answer this request; its log says why."),
                new HttpHeaders(),
                request);
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
        return detail == null ? "The request cannot be served." : detail;
    }

    /** The framework's own refusals get the same members as ours. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Object answer = body instanceof ProblemDetail ours && ours.getProperties() != null
                ? body
                : Problem.of(status).detail(detail(e));
        HttpHeaders all = new HttpHeaders();
        all.putAll(headers);
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return super.handleExceptionInternal(e, answer, all, status, request);
    }
}
