package org.shatterlab.experiment.web;

import java.util.List;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.Experiments;
import org.shatterlab.experiment.PaperFigure;
import org.shatterlab.experiment.SpecWriter;
import org.shatterlab.experiment.web.ExperimentAnswer.Links;
import org.shatterlab.experiment.web.ExperimentAnswer.ProvenanceAnswer;
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
        List<ProvenanceAnswer> provenance = experiments.provenance(experiment.id()).stream()
                .map(entry -> new ProvenanceAnswer(entry.cells(), mapper.readTree(entry.provenance())))
                .toList();
        return new ExperimentAnswer(
                experiment.id(),
                experiment.spec().name(),
                experiment.state(),
                experiment.progress(),
                SpecWriter.write(experiment.spec()),
                experiment.createdAt(),
                experiment.startedAt(),
                experiment.finishedAt(),
                experiment.failure(),
                provenance,
                links(experiment));
    }

    private static Links links(Experiment experiment) {
        String self = "/api/v1/experiments/" + experiment.id();
        return new Links(
                self,
                self + "/results",
                PaperFigure.drawableFrom(experiment.spec()).stream()
                        .map(figure -> self + "/figures/" + figure.apiName() + ".svg")
                        .toList());
    }
}
