package org.shatterlab.platform.request;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The port of the probes.
 *
 * @param probePort another port that answers only the probes, whatever load the port of the API has; empty for none
 */
@Validated
@ConfigurationProperties("shatterlab")
record ProbeProperties(
        @Nullable
        @Min(value = 1, message = "must be between 1 and 65535")
        @Max(value = 65535, message = "must be between 1 and 65535")
        Integer probePort) {}
