package org.shatterlab.experiment.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.shatterlab.experiment.ExperimentSummary;

/** An experiment as the list of them shows it: without its specification, its provenance and what follows from them. */
record SummaryAnswer(@JsonUnwrapped ExperimentSummary experiment, Links links) {

    /** Where to go from here. */
    record Links(String self, String results) {}

    static SummaryAnswer of(ExperimentSummary experiment) {
        String self = "/api/v1/experiments/" + experiment.id();
        return new SummaryAnswer(experiment, new Links(self, self + "/results"));
    }
}
