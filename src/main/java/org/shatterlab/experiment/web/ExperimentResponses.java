package org.shatterlab.experiment.web;

import java.util.List;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.spec.ExperimentSpecJson;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.web.ExperimentResponse.ExperimentLinks;
import org.shatterlab.experiment.web.ExperimentResponse.ProvenanceResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Builds the responses of the API that describe experiments. */
@Component
class ExperimentResponses {

    private final ExperimentService experiments;
    private final JsonMapper mapper;

    ExperimentResponses(ExperimentService experiments, JsonMapper mapper) {
        this.experiments = experiments;
        this.mapper = mapper;
    }

    /**
     * Builds the response.
     *
     * @param prefix the path below which the client sees the service; empty for the root
     */
    ExperimentResponse of(Experiment experiment, String prefix) {
        List<ProvenanceResponse> provenance = experiments.provenance(experiment).stream()
                .map(entry -> new ProvenanceResponse(entry.cells(), computedBy(entry.provenance())))
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
                links(experiment, prefix));
    }

    /**
     * Returns a stored provenance for the API. Workers store the member {@code java}. The API calls the member {@code
     * javaVersion}, because generated Java clients do not compile if a property has the name of a package.
     */
    private JsonNode computedBy(String provenance) {
        ObjectNode computedBy = (ObjectNode) mapper.readTree(provenance);
        computedBy.set("javaVersion", computedBy.remove("java"));
        return computedBy;
    }

    /** Returns a response with status 202, which states that the requested change has begun. */
    static ResponseEntity.BodyBuilder accepted(Experiment experiment) {
        return withRetryAfter(ResponseEntity.accepted(), experiment);
    }

    /** Returns the experiment with its entity tag, so that the client can poll for changes only. */
    ResponseEntity<ExperimentResponse> current(Experiment experiment, String prefix) {
        return withRetryAfter(ResponseEntity.ok().eTag(entityTag(experiment)), experiment)
                .body(of(experiment, prefix));
    }

    /** Returns a response with status 304 for a client that has the present version. */
    static ResponseEntity<ExperimentResponse> unchanged(Experiment experiment) {
        return withRetryAfter(ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(entityTag(experiment)), experiment)
                .build();
    }

    /**
     * Returns the weak entity tag of an experiment. The estimate of the remaining time may change while the tag stays.
     */
    static String entityTag(Experiment experiment) {
        return "W/\"" + experiment.version().tag() + "\"";
    }

    private static ResponseEntity.BodyBuilder withRetryAfter(
            ResponseEntity.BodyBuilder response, Experiment experiment) {
        return experiment.state().isTerminal() ? response : response.header(HttpHeaders.RETRY_AFTER, "1");
    }

    private static ExperimentLinks links(Experiment experiment, String prefix) {
        String self = prefix + "/api/v1/experiments/" + experiment.id();
        return new ExperimentLinks(
                self,
                self + "/results",
                experiment.rounds() == null ? null : self + "/stopping",
                PaperFigure.drawableFrom(experiment.spec()).stream()
                        .map(figure -> self + "/figures/" + figure.apiName() + ".svg")
                        .toList());
    }
}
