package org.shatterlab.platform;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How slow a client may be.
 *
 * @param bodyTime time that the body of a request takes to arrive
 */
@ConfigurationProperties("shatterlab.limits")
record RequestProperties(@DefaultValue("30s") Duration bodyTime) {

    RequestProperties {
        if (!bodyTime.isPositive()) {
            throw new IllegalArgumentException("shatterlab.limits.body-time must be above 0");
        }
    }
}
