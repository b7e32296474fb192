package org.shatterlab.experiment.queue;

import jakarta.validation.constraints.Positive;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the queue of cells.
 *
 * @param window the number of cells of one experiment that wait in the queue or run at a time; at least the number of
 *     all workers
 */
@Validated
@ConfigurationProperties("shatterlab.queue")
public record QueueProperties(@DefaultValue("32") @Positive int window) {}
