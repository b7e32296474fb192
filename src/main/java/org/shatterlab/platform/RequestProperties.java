package org.shatterlab.platform;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Limits the time of a request.
 *
 * @param bodyTime time in which the body of a request arrives
 */
@Validated
@ConfigurationProperties("shatterlab.limits")
record RequestProperties(
        @DefaultValue("30s") @DurationMin(inclusive = false, message = "must be longer than 0")
        Duration bodyTime) {}
