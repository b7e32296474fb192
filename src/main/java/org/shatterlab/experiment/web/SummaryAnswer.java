package org.shatterlab.experiment.web;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentState;
import org.shatterlab.experiment.ExperimentSummary;
import org.shatterlab.experiment.Progress;

/** An experiment as the list of them shows it: without its specification, its provenance and what follows from them. */
record SummaryAnswer(
        UUID id,
        @Nullable String name,
        @Nullable String preset,
        ExperimentState state,
        Progress progress,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String failure,
        Links links) {

    /** Where to go from here. */
    record Links(String self, String results) {}

    static SummaryAnswer of(ExperimentSummary summary) {
        String self = "/api/v1/experiments/" + summary.id();
        return new SummaryAnswer(
                summary.id(),
                summary.name(),
                summary.preset(),
                summary.state(),
                summary.progress(),
                summary.createdAt(),
                summary.startedAt(),
                summary.finishedAt(),
                summary.failure(),
                new Links(self, self + "/results"));
    }
}
