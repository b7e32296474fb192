package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import org.shatterlab.experiment.CostEstimator;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.ExperimentSpec;
import org.shatterlab.experiment.Experiments;
import org.shatterlab.experiment.SpecReader;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Submitting experiments and asking how far they are. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/experiments")
class ExperimentController {

    private static final int BODY_LIMIT = 1 << 20;

    private final Experiments experiments;
    private final SpecReader reader;
    private final CostEstimator costs;
    private final ExperimentAnswers answers;

    ExperimentController(Experiments experiments, SpecReader reader, CostEstimator costs, ExperimentAnswers answers) {
        this.experiments = experiments;
        this.reader = reader;
        this.costs = costs;
        this.answers = answers;
    }

    /** Reads the body itself, so that not a byte more than the limit is held. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> submit(HttpServletRequest request) throws IOException {
        QueryParameters parameters = new QueryParameters(request.getParameterMap());
        boolean dryRun = parameters.flag("dryRun");
        parameters.requireValid();
        byte[] body = request.getInputStream().readNBytes(BODY_LIMIT + 1);
        if (body.length > BODY_LIMIT) {
            throw new ProblemException(
                    Problem.BODY_TOO_LARGE, "A specification has at most " + BODY_LIMIT + " bytes (1 MiB).");
        }
        ExperimentSpec spec = reader.read(body);
        if (dryRun) {
            return ResponseEntity.ok(costs.estimate(spec));
        }
        Experiment experiment = experiments.submit(spec);
        ExperimentAnswer answer = answers.of(experiment);
        return ResponseEntity.accepted()
                .location(URI.create(answer.links().self()))
                .body(answer);
    }

    @GetMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentAnswer> get(@PathVariable String id) {
        Experiment experiment = experiments.get(id);
        ResponseEntity.BodyBuilder response = ResponseEntity.ok();
        if (!experiment.state().isTerminal()) {
            response.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return response.body(answers.of(experiment));
    }
}
