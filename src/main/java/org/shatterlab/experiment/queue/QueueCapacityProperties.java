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
 */
@Validated
@ConfigurationProperties("shatterlab.limits")
public record QueueCapacityProperties(
        @DefaultValue("200000") @Positive int openCells,
        @DefaultValue("50000") @Positive int openCellsPerToken) {}
