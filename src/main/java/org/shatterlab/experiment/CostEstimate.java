package org.shatterlab.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment would cost if it were submitted now; of an adaptive one, if it stopped after the first round.
 *
 * @param cells it would have
 * @param runs of each network
 * @param cached cells that are measured already and would be taken over
 * @param floatingPointOperations of the cells that are not
 * @param memoryBytes the most that one of these cells needs at a time
 * @param seconds from the start of the first of these cells to the end of the last, if nothing else is queued; an estimate
 * @param atMost what it would cost if it never stopped before the last; null unless it is adaptive
 */
public record CostEstimate(
        int cells,
        int runs,
        int cached,
        double floatingPointOperations,
        double memoryBytes,
        double seconds,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CostEstimate atMost) {}
