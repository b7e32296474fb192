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

/** Returns the status of an experiment, either at once or as soon as the experiment changes. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/experiments/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
class ExperimentPollController {

    private static final int MAX_WAIT_SECONDS = 60;

    /** Switches off the timeout of the container, which must not end a wait. */
    private static final long NO_LIMIT = -1;

    private final ExperimentService experiments;
    private final ExperimentChangeNotifier notifier;
    private final ExperimentResponses responses;
    private final StreamBudget streams;

    ExperimentPollController(
            ExperimentService experiments,
            ExperimentChangeNotifier notifier,
            ExperimentResponses responses,
            StreamBudget streams) {
        this.experiments = experiments;
        this.notifier = notifier;
        this.responses = responses;
        this.streams = streams;
    }

    @GetMapping(params = "!wait")
    ResponseEntity<ExperimentResponse> get(@PathVariable String id, HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        return answer(experiments.get(id), Preconditions.of(request), request.getContextPath());
    }

    @GetMapping(params = "wait")
    DeferredResult<ResponseEntity<ExperimentResponse>> await(@PathVariable String id, HttpServletRequest request) {
        QueryParameters parameters = new QueryParameters(request.getParameterMap());
        Duration maxWait = Duration.ofSeconds(parameters.integer("wait", 1, MAX_WAIT_SECONDS, MAX_WAIT_SECONDS));
        parameters.requireValid();
        streams.hold(request);
        Experiment experiment = experiments.get(id);
        DeferredResult<ResponseEntity<ExperimentResponse>> result = new DeferredResult<>(NO_LIMIT);
        Preconditions preconditions = Preconditions.of(request);
        // The server may reuse the request while this one waits.
        String prefix = request.getContextPath();
        if (experiment.state().isTerminal() || preconditions.isOutdated(experiment)) {
            result.setResult(answer(experiment, preconditions, prefix));
            return result;
        }
        var _ = notifier.await(experiment, maxWait)
                .thenApply(_ -> answer(experiments.get(id), preconditions, prefix))
                .whenComplete((answer, failure) -> complete(result, answer, failure));
        return result;
    }

    private ResponseEntity<ExperimentResponse> answer(
            Experiment experiment, Preconditions preconditions, String prefix) {
        preconditions.requireMatch(experiment);
        return preconditions.matchesEveryVersion()
                ? ExperimentResponses.unchanged(experiment)
                : responses.current(experiment, prefix);
    }

    /**
     * The conditional headers of a request. The framework itself answers 304 if the tag of the response is in
     * {@code If-None-Match}. The framework does not know that {@code *} matches every tag.
     *
     * @param ifMatch the tags of {@code If-Match}; null without the header
     * @param ifNoneMatch the tags of {@code If-None-Match}; empty without the header
     */
    private record Preconditions(@Nullable List<ETag> ifMatch, List<ETag> ifNoneMatch) {

        static Preconditions of(HttpServletRequest request) {
            return new Preconditions(
                    request.getHeader(HttpHeaders.IF_MATCH) == null ? null : tags(request, HttpHeaders.IF_MATCH),
                    tags(request, HttpHeaders.IF_NONE_MATCH));
        }

        private static List<ETag> tags(HttpServletRequest request, String header) {
            return ETag.parse(String.join(", ", Collections.list(request.getHeaders(header))));
        }

        /**
         * Returns whether {@code If-None-Match} names versions of the experiment and none of them is the present one.
         */
        boolean isOutdated(Experiment experiment) {
            ETag current = ETag.create(ExperimentResponses.entityTag(experiment));
            return !ifNoneMatch.isEmpty()
                    && !matchesEveryVersion()
                    && ifNoneMatch.stream().noneMatch(tag -> tag.compare(current, false));
        }

        /** Returns whether {@code If-None-Match} contains {@code *}. */
        boolean matchesEveryVersion() {
            return ifNoneMatch.stream().anyMatch(ETag::isWildcard);
        }

        /**
         * Checks {@code If-Match}.
         *
         * @throws ProblemException with status 412 if no tag matches the experiment
         */
        void requireMatch(Experiment experiment) {
            ETag current = ETag.create(ExperimentResponses.entityTag(experiment));
            if (ifMatch != null && ifMatch.stream().noneMatch(tag -> tag.isWildcard() || tag.compare(current, true))) {
                throw new ProblemException(
                        Problem.PRECONDITION_FAILED,
                        "No tag in If-Match matches the experiment. If-Match compares tags strongly, and the tags of"
                                + " experiments are weak. Send If-None-Match instead.");
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
