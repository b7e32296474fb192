package org.shatterlab.experiment.queue;

import jakarta.validation.constraints.Positive;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The limits of the queue.
 *
 * @param openCells open cells of all experiments
 * @param openCellsPerToken open cells of the experiments of one token
 * @param plannedCellsPerMinute cells that the submissions, dry runs and retries of all clients plan in a minute
 * @param plannedCellsPerMinutePerToken cells that the submissions, dry runs and retries of one token plan in a minute
 */
@Validated
@ConfigurationProperties("shatterlab.limits")
public record QueueCapacityProperties(
        @DefaultValue("200000") @Positive int openCells,
        @DefaultValue("50000") @Positive int openCellsPerToken,
        @DefaultValue("400000") @Positive int plannedCellsPerMinute,
        @DefaultValue("100000") @Positive int plannedCellsPerMinutePerToken) {}
