package org.shatterlab.platform.request;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Limits the time of requests and their number.
 *
 * @param headerTime time in which the header of a request arrives
 * @param bodyTime time in which the body of a request arrives
 * @param requestsPerToken requests of one token that run at a time
 */
@Validated
@ConfigurationProperties("shatterlab.limits")
record RequestProperties(
        @DefaultValue("10s") @DurationMin(inclusive = false, message = "must be longer than 0")
        Duration headerTime,

        @DefaultValue("30s") @DurationMin(inclusive = false, message = "must be longer than 0")
        Duration bodyTime,

        @DefaultValue("16") @Min(value = 1, message = "must be at least 1")
        int requestsPerToken) {}
