package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentChangeNotifier;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Asking how far an experiment is, at once or as soon as there is something new. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/experiments/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
class ExperimentPollController {

    private static final int MAX_WAIT_SECONDS = 60;

    /** The container's own limit, which must not be what ends a wait. */
    private static final long NO_LIMIT = -1;

    private final ExperimentService experiments;
    private final ExperimentChangeNotifier watch;
    private final ExperimentResponses answers;

    ExperimentPollController(
            ExperimentService experiments, ExperimentChangeNotifier watch, ExperimentResponses answers) {
        this.experiments = experiments;
        this.watch = watch;
        this.answers = answers;
    }

    @GetMapping(params = "!wait")
    ResponseEntity<ExperimentResponse> get(@PathVariable String id, HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        return answer(experiments.get(id), Preconditions.of(request));
    }

    @GetMapping(params = "wait")
    DeferredResult<ResponseEntity<ExperimentResponse>> await(@PathVariable String id, HttpServletRequest request) {
        QueryParameters parameters = new QueryParameters(request.getParameterMap());
        Duration most = Duration.ofSeconds(parameters.integer("wait", 1, MAX_WAIT_SECONDS, MAX_WAIT_SECONDS));
        parameters.requireValid();
        Experiment experiment = experiments.get(id);
        DeferredResult<ResponseEntity<ExperimentResponse>> result = new DeferredResult<>(NO_LIMIT);
        Preconditions preconditions = Preconditions.of(request);
        if (experiment.state().isTerminal() || preconditions.isNews(experiment)) {
            result.setResult(answer(experiment, preconditions));
            return result;
        }
        var _ = watch.await(experiment, most)
                .thenApply(_ -> answer(experiments.get(id), preconditions))
                .whenComplete((answer, failure) -> complete(result, answer, failure));
        return result;
    }

    private ResponseEntity<ExperimentResponse> answer(Experiment experiment, Preconditions preconditions) {
        preconditions.require(experiment);
        return preconditions.hasAny() ? ExperimentResponses.unchanged(experiment) : answers.current(experiment);
    }

    /**
     * The versions that a request names. The framework turns an answer whose tag is among those seen into a 304, but does not
     * know that {@code *} is every tag.
     *
     * @param required of {@code If-Match}; null without that header
     * @param seen of {@code If-None-Match}
     */
    private record Preconditions(@Nullable List<ETag> required, List<ETag> seen) {

        static Preconditions of(HttpServletRequest request) {
            return new Preconditions(
                    request.getHeader(HttpHeaders.IF_MATCH) == null ? null : tags(request, HttpHeaders.IF_MATCH),
                    tags(request, HttpHeaders.IF_NONE_MATCH));
        }

        private static List<ETag> tags(HttpServletRequest request, String header) {
            return ETag.parse(String.join(", ", Collections.list(request.getHeaders(header))));
        }

        /** Whether the client has seen another version than the present one. */
        boolean isNews(Experiment experiment) {
            ETag current = ETag.create(ExperimentResponses.tag(experiment));
            return !seen.isEmpty() && !hasAny() && seen.stream().noneMatch(tag -> tag.compare(current, false));
        }

        boolean hasAny() {
            return seen.stream().anyMatch(ETag::isWildcard);
        }

        void require(Experiment experiment) {
            ETag current = ETag.create(ExperimentResponses.tag(experiment));
            if (required != null
                    && required.stream().noneMatch(tag -> tag.isWildcard() || tag.compare(current, true))) {
                throw new ProblemException(
                        Problem.PRECONDITION_FAILED,
                        "The experiment is not as If-Match has it, which compares strongly; its tags are weak.");
            }
        }
    }

    private static void complete(
            DeferredResult<ResponseEntity<ExperimentResponse>> result,
            @Nullable ResponseEntity<ExperimentResponse> answer,
            @Nullable Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            result.setErrorResult(failure.getCause());
        } else if (failure != null) {
            result.setErrorResult(failure);
        } else if (answer != null) {
            result.setResult(answer);
        }
    }
}
