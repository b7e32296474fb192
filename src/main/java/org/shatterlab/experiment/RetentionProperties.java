package org.shatterlab.experiment;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the retention of experiments.
 *
 * @param retention the time after its end for which an experiment is kept, such as {@code 30d}; empty for ever; set
 *     the property on every worker
 */
@Validated
@ConfigurationProperties("shatterlab")
record RetentionProperties(
        @DurationMin(inclusive = false, message = "must be longer than 0") @Nullable
        Duration retention) {}
