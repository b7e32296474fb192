package org.shatterlab.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The cost of an experiment that would be submitted now. For an adaptive experiment, the values
 * describe the first round.
 *
 * @param cells the number of cells
 * @param runs the number of runs of each network
 * @param cached the number of cells that are done already and would be shared
 * @param floatingPointOperations the operations of the other cells
 * @param memoryBytes the memory of the largest of the other cells
 * @param seconds the estimated time from the first start to the last end of the other cells, with an otherwise empty
 *     queue
 * @param storedBytes the bytes of the database that all cells take, with the cached cells; the limits on stored bytes
 *     count these bytes
 * @param atMost the cost of all rounds; null unless the experiment is adaptive
 */
public record CostEstimate(
        int cells,
        int runs,
        int cached,
        double floatingPointOperations,
        double memoryBytes,
        double seconds,
        long storedBytes,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CostEstimate atMost) {}
