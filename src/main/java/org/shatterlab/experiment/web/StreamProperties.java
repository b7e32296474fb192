package org.shatterlab.experiment.web;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Limits the clients that wait for news of experiments.
 *
 * @param streams event streams and long polls of all clients
 * @param streamsPerToken event streams and long polls of one token
 */
@Validated
@ConfigurationProperties("shatterlab.limits")
record StreamProperties(
        @DefaultValue("256") @Min(value = 1, message = "must be at least 1")
        int streams,

        @DefaultValue("128") @Min(value = 1, message = "must be at least 1")
        int streamsPerToken) {}
