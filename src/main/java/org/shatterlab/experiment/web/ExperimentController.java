package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.CostEstimator;
import org.shatterlab.experiment.ExperimentCommands;
import org.shatterlab.experiment.ExperimentCommands.Cancelled;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.IdempotentSubmissions;
import org.shatterlab.experiment.IdempotentSubmissions.Submission;
import org.shatterlab.experiment.cell.CellAdmission;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Serves the requests that change experiments: submitting, cancelling, retrying and deleting. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/experiments")
class ExperimentController {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final Pattern KEY = Pattern.compile("[ -~]{1,255}");

    private final ExperimentService experiments;
    private final IdempotentSubmissions submissions;
    private final ExperimentCommands commands;
    private final Presets presets;
    private final SpecReader reader;
    private final CellAdmission admission;
    private final CostEstimator costs;
    private final ExperimentResponses responses;

    ExperimentController(
            ExperimentService experiments,
            IdempotentSubmissions submissions,
            ExperimentCommands commands,
            Presets presets,
            SpecReader reader,
            CellAdmission admission,
            CostEstimator costs,
            ExperimentResponses responses) {
        this.experiments = experiments;
        this.submissions = submissions;
        this.commands = commands;
        this.presets = presets;
        this.reader = reader;
        this.admission = admission;
        this.costs = costs;
        this.responses = responses;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> submit(HttpServletRequest request) throws IOException {
        QueryParameters parameters = new QueryParameters(request.getParameterMap());
        boolean dryRun = parameters.flag("dryRun");
        parameters.requireValid();
        String key = idempotencyKey(request);
        JsonNode json = StrictJson.parse(request.getInputStream().readAllBytes());
        ExperimentSpec spec = admission.admit(reader.read(json));
        if (dryRun) {
            return ResponseEntity.ok(costs.estimate(spec));
        }
        String owner = owner(request);
        Submission submission = key == null
                ? new Submission(experiments.submit(owner, spec), false)
                : submissions.submit(owner, key, json, spec);
        ExperimentResponse body = responses.of(submission.experiment());
        ResponseEntity.BodyBuilder response = ExperimentResponses.accepted(submission.experiment())
                .location(URI.create(body.links().self()));
        if (submission.repeated()) {
            response.header("Idempotency-Replayed", "true");
        }
        return response.body(body);
    }

    /** Returns the name of the token that the request carries; null if the service runs without tokens. */
    private static @Nullable String owner(HttpServletRequest request) {
        Principal caller = request.getUserPrincipal();
        return caller == null ? null : caller.getName();
    }

    /**
     * Returns the idempotency key of the request; null without the header.
     *
     * @throws ProblemException if the header is repeated or malformed
     */
    private static @Nullable String idempotencyKey(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders(IDEMPOTENCY_KEY));
        if (keys.isEmpty()) {
            return null;
        }
        if (keys.size() > 1 || !KEY.matcher(keys.getFirst()).matches()) {
            throw new ProblemException(
                    Problem.MALFORMED_REQUEST,
                    IDEMPOTENCY_KEY + " must be given once and have 1 to 255 printable ASCII characters.");
        }
        return keys.getFirst();
    }

    /** Cancels every live experiment that the filters of the list select. */
    @PostMapping(path = "/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Cancelled> cancelAll(HttpServletRequest request) {
        return ResponseEntity.accepted()
                .body(commands.cancelAll(ExperimentListParameters.filterToCancel(presets, request.getParameterMap())));
    }

    /** Rejects other methods, which would otherwise read {@code cancel} as the id of an experiment. */
    @RequestMapping(path = "/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
    void rejectOtherMethods(HttpServletRequest request) throws HttpRequestMethodNotSupportedException {
        throw new HttpRequestMethodNotSupportedException(request.getMethod(), List.of("POST"));
    }

    @PostMapping(path = "/{id}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentResponse> cancel(@PathVariable String id, HttpServletRequest request) {
        requireNoParameters(request);
        Experiment experiment = commands.cancel(id);
        return ExperimentResponses.accepted(experiment).body(responses.of(experiment));
    }

    @PostMapping(path = "/{id}/retry", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentResponse> retry(@PathVariable String id, HttpServletRequest request) {
        requireNoParameters(request);
        Experiment experiment = commands.retry(id);
        return ExperimentResponses.accepted(experiment).body(responses.of(experiment));
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> delete(@PathVariable String id, HttpServletRequest request) {
        requireNoParameters(request);
        commands.delete(id);
        return ResponseEntity.noContent().build();
    }

    private static void requireNoParameters(HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
    }
}
