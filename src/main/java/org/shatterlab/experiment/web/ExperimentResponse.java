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
 * The representation of an experiment in the API.
 *
 * @param owner the name of the token that submitted the experiment; null if the service runs without tokens
 * @param rounds the number of rounds that are decided; null unless the experiment is adaptive
 * @param failure the reason of the first failed cell; null if no cell failed
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
        List<ProvenanceResponse> provenance,
        ExperimentLinks links) {

    /**
     * The provenance that some cells of an experiment share.
     *
     * @param cells the number of cells with this provenance
     * @param computedBy the engine, the versions, the device and the commit that computed the cells
     */
    record ProvenanceResponse(int cells, JsonNode computedBy) {}

    /**
     * The addresses of resources that belong to the experiment.
     *
     * @param stopping the address of the report on where each row stopped; null unless the experiment is adaptive
     * @param figures the addresses of the paper's figures that can be drawn from the experiment, as SVG
     */
    record ExperimentLinks(
            String self,
            String results,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String stopping,

            List<String> figures) {}
}
