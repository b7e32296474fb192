package org.shatterlab.experiment.web;

import java.util.List;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.Experiments;
import org.shatterlab.experiment.PaperFigure;
import org.shatterlab.experiment.SpecWriter;
import org.shatterlab.experiment.web.ExperimentAnswer.Links;
import org.shatterlab.experiment.web.ExperimentAnswer.ProvenanceAnswer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Turns experiments into what the API shows of them. */
@Component
class ExperimentAnswers {

    private final Experiments experiments;
    private final JsonMapper mapper;

    ExperimentAnswers(Experiments experiments, JsonMapper mapper) {
        this.experiments = experiments;
        this.mapper = mapper;
    }

    ExperimentAnswer of(Experiment experiment) {
        List<ProvenanceAnswer> provenance = experiments.provenance(experiment).stream()
                .map(entry -> new ProvenanceAnswer(entry.cells(), mapper.readTree(entry.provenance())))
                .toList();
        return new ExperimentAnswer(
                experiment.id(),
                experiment.spec().name(),
                experiment.owner(),
                experiment.state(),
                experiment.progress(),
                SpecWriter.write(experiment.spec()),
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
    ResponseEntity<ExperimentAnswer> current(Experiment experiment) {
        return retryLater(ResponseEntity.ok().eTag(tag(experiment)), experiment).body(of(experiment));
    }

    /** That there is nothing that the client lacks. */
    static ResponseEntity<ExperimentAnswer> unchanged(Experiment experiment) {
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
