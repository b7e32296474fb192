package org.shatterlab.experiment.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.experiment.store.Progress;
import tools.jackson.databind.JsonNode;

/**
 * An experiment as the API shows it.
 *
 * @param owner who submitted it; null where the service runs without tokens
 * @param rounds how many rounds are decided; null unless it is adaptive
 */
record ExperimentResponse(
        UUID id,
        @Nullable String name,
        @Nullable String owner,
        ExperimentState state,
        Progress progress,
        JsonNode spec,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer rounds,
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
     * @param stopping where each row of an adaptive experiment stopped; null of any other
     * @param figures the paper's figures that can be drawn from this experiment, as SVG
     */
    record Links(
            String self,
            String results,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String stopping,

            List<String> figures) {}
}
