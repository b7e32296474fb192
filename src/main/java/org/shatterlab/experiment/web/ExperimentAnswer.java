package org.shatterlab.experiment.web;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentState;
import org.shatterlab.experiment.Progress;
import tools.jackson.databind.JsonNode;

/** An experiment as the API shows it. */
record ExperimentAnswer(
        UUID id,
        @Nullable String name,
        ExperimentState state,
        Progress progress,
        JsonNode spec,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String failure,
        List<ProvenanceAnswer> provenance,
        Links links) {

    /**
     * What computed some of the cells.
     *
     * @param computedBy engine, versions, device, commit
     */
    record ProvenanceAnswer(int cells, JsonNode computedBy) {}

    /**
     * Where to go from here.
     *
     * @param figures the paper's figures that can be drawn from this experiment, as SVG
     */
    record Links(String self, String results, List<String> figures) {}
}
