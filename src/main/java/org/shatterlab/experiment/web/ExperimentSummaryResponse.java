package org.shatterlab.experiment.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.shatterlab.experiment.store.ExperimentSummary;

/**
 * The representation of an experiment in the list of experiments, without its specification, provenance and figures.
 */
record ExperimentSummaryResponse(@JsonUnwrapped ExperimentSummary experiment, SummaryLinks links) {

    /** The addresses of resources that belong to the experiment. */
    record SummaryLinks(String self, String results) {}

    /**
     * Builds the representation.
     *
     * @param prefix the path below which the client sees the service; empty for the root
     */
    static ExperimentSummaryResponse of(ExperimentSummary experiment, String prefix) {
        String self = prefix + "/api/v1/experiments/" + experiment.id();
        return new ExperimentSummaryResponse(experiment, new SummaryLinks(self, self + "/results"));
    }
}
