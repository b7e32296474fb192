package org.shatterlab.experiment;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How long experiments are kept.
 *
 * @param retention how long after its end an experiment is kept by workers that know of it, {@code 30d} for
 *     example; empty for ever
 */
@ConfigurationProperties("shatterlab")
record RetentionProperties(@Nullable Duration retention) {

    RetentionProperties {
        if (retention != null && (retention.isZero() || retention.isNegative())) {
            throw new IllegalArgumentException("shatterlab.retention must be above 0, or empty");
        }
    }
}
