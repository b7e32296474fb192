package org.shatterlab.experiment.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.shatterlab.experiment.store.ExperimentSummary;

/** An experiment as the list of them shows it: without its specification, its provenance and what follows from them. */
record ExperimentSummaryResponse(@JsonUnwrapped ExperimentSummary experiment, Links links) {

    /** Where to go from here. */
    record Links(String self, String results) {}

    static ExperimentSummaryResponse of(ExperimentSummary experiment) {
        String self = "/api/v1/experiments/" + experiment.id();
        return new ExperimentSummaryResponse(experiment, new Links(self, self + "/results"));
    }
}
