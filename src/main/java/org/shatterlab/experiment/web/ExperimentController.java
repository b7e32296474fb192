package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.CostEstimate;
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
import org.shatterlab.experiment.store.ExperimentFilter;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.request.RequestBudget;
import org.springframework.http.HttpHeaders;
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

    /**
     * Changes that are made at a time. A submission takes a core for up to four seconds, and about 20 bytes of memory for
     * each byte of its body. Each change of a large experiment keeps the database busy.
     */
    private static final int MAX_CHANGES = 2;

    private static final Duration MAX_WAIT = Duration.ofSeconds(4);
    private static final Pattern KEY = Pattern.compile("[ -~]{1,255}");

    private final ExperimentService experiments;
    private final IdempotentSubmissions submissions;
    private final ExperimentCommands commands;
    private final Presets presets;
    private final SpecReader reader;
    private final CellAdmission admission;
    private final CostEstimator costs;
    private final ExperimentResponses responses;
    private final RequestBudget changes =
            new RequestBudget("experiments are submitted or changed", MAX_CHANGES, MAX_CHANGES / 2, MAX_WAIT);

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
        try (RequestBudget.Permit _ = changes.acquire(request)) {
            return submit(request, key, dryRun);
        }
    }

    private ResponseEntity<?> submit(HttpServletRequest request, @Nullable String key, boolean dryRun)
            throws IOException {
        JsonNode json = StrictJson.parse(request.getInputStream().readAllBytes());
        ExperimentSpec spec = admission.admit(reader.read(json));
        String owner = owner(request);
        if (dryRun) {
            return ResponseEntity.ok(costs.estimate(owner, spec));
        }
        Submission submission = key == null
                ? new Submission(experiments.submit(owner, spec), false)
                : submissions.submit(owner, key, json, spec);
        ExperimentResponse body = responses.of(submission.experiment(), request.getContextPath());
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

    @PostMapping(
            path = "/estimate",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    CostEstimate estimate(HttpServletRequest request) throws IOException {
        requireNoParameters(request);
        try (RequestBudget.Permit _ = changes.acquire(request)) {
            JsonNode json = StrictJson.parse(request.getInputStream().readAllBytes());
            return costs.estimate(owner(request), admission.admit(reader.read(json)));
        }
    }

    /** Rejects other types of bodies, which {@link #rejectOtherMethods} would otherwise reject as another method. */
    @PostMapping(path = "/estimate", produces = MediaType.APPLICATION_JSON_VALUE)
    void rejectOtherTypes() {
        HttpHeaders accepted = new HttpHeaders();
        accepted.setAccept(List.of(MediaType.APPLICATION_JSON));
        throw new ProblemException(Problem.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json.", accepted);
    }

    /** Cancels every live experiment that the filters of the list select. */
    @PostMapping(path = "/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Cancelled> cancelAll(HttpServletRequest request) {
        ExperimentFilter filter = ExperimentListParameters.filterToCancel(presets, request.getParameterMap());
        try (RequestBudget.Permit _ = changes.acquire(request)) {
            return ResponseEntity.accepted().body(commands.cancelAll(filter));
        }
    }

    /** Rejects other methods, which would otherwise read the last segment as the id of an experiment. */
    @RequestMapping(
            path = {"/cancel", "/estimate"},
            produces = MediaType.APPLICATION_JSON_VALUE)
    void rejectOtherMethods(HttpServletRequest request) throws HttpRequestMethodNotSupportedException {
        throw new HttpRequestMethodNotSupportedException(request.getMethod(), List.of("POST"));
    }

    @PostMapping(path = "/{id}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentResponse> cancel(@PathVariable String id, HttpServletRequest request) {
        requireNoParameters(request);
        return changed(request, () -> commands.cancel(id));
    }

    @PostMapping(path = "/{id}/retry", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentResponse> retry(@PathVariable String id, HttpServletRequest request) {
        requireNoParameters(request);
        return changed(request, () -> commands.retry(id, owner(request)));
    }

    private ResponseEntity<ExperimentResponse> changed(HttpServletRequest request, Supplier<Experiment> change) {
        try (RequestBudget.Permit _ = changes.acquire(request)) {
            Experiment experiment = change.get();
            return ExperimentResponses.accepted(experiment).body(responses.of(experiment, request.getContextPath()));
        }
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> delete(@PathVariable String id, HttpServletRequest request) {
        requireNoParameters(request);
        try (RequestBudget.Permit _ = changes.acquire(request)) {
            commands.delete(id);
            return ResponseEntity.noContent().build();
        }
    }

    private static void requireNoParameters(HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
    }
}
