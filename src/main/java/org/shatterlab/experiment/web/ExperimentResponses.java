package org.shatterlab.experiment.web;

import java.util.List;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.spec.ExperimentSpecJson;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.web.ExperimentResponse.Links;
import org.shatterlab.experiment.web.ExperimentResponse.ProvenanceAnswer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Turns experiments into what the API shows of them. */
@Component
class ExperimentResponses {

    private final ExperimentService experiments;
    private final JsonMapper mapper;

    ExperimentResponses(ExperimentService experiments, JsonMapper mapper) {
        this.experiments = experiments;
        this.mapper = mapper;
    }

    ExperimentResponse of(Experiment experiment) {
        List<ProvenanceAnswer> provenance = experiments.provenance(experiment).stream()
                .map(entry -> new ProvenanceAnswer(entry.cells(), mapper.readTree(entry.provenance())))
                .toList();
        return new ExperimentResponse(
                experiment.id(),
                experiment.spec().name(),
                experiment.owner(),
                experiment.state(),
                experiment.progress(),
                ExperimentSpecJson.write(experiment.spec()),
                experiment.createdAt(),
                experiment.startedAt(),
                experiment.finishedAt(),
                experiment.rounds(),
                experiment.failure(),
                provenance,
                links(experiment));
    }

    /** That what a request asked for has begun. */
    static ResponseEntity.BodyBuilder accepted(Experiment experiment) {
        return retryLater(ResponseEntity.accepted(), experiment);
    }

    /** The experiment, with what is needed to ask again only for what is new. */
    ResponseEntity<ExperimentResponse> current(Experiment experiment) {
        return retryLater(ResponseEntity.ok().eTag(tag(experiment)), experiment).body(of(experiment));
    }

    /** That there is nothing that the client lacks. */
    static ResponseEntity<ExperimentResponse> unchanged(Experiment experiment) {
        return retryLater(ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(tag(experiment)), experiment)
                .build();
    }

    /** Weak: the estimate of the time that is left changes without it. */
    static String tag(Experiment experiment) {
        return "W/\"" + experiment.version().tag() + "\"";
    }

    private static ResponseEntity.BodyBuilder retryLater(ResponseEntity.BodyBuilder response, Experiment experiment) {
        return experiment.state().isTerminal() ? response : response.header(HttpHeaders.RETRY_AFTER, "1");
    }

    private static Links links(Experiment experiment) {
        String self = "/api/v1/experiments/" + experiment.id();
        return new Links(
                self,
                self + "/results",
                experiment.rounds() == null ? null : self + "/stopping",
                PaperFigure.drawableFrom(experiment.spec()).stream()
                        .map(figure -> self + "/figures/" + figure.apiName() + ".svg")
                        .toList());
    }
}
