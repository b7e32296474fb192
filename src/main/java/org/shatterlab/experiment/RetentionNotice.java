package org.shatterlab.experiment;

import java.time.Duration;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.stereotype.Component;

/** Logs the retention in force when a worker starts, because workers delete what is older. */
@Component
@ConditionalOnRole(Role.WORKER)
class RetentionNotice {

    private static final Logger log = LoggerFactory.getLogger(RetentionNotice.class);

    private final RetentionProperties properties;

    RetentionNotice(RetentionProperties properties) {
        this.properties = properties;
    }

    @EventListener(ApplicationReadyEvent.class)
    void onReady() {
        Duration retention = properties.retention();
        if (retention == null) {
            log.info("Experiments are kept for ever.");
        } else {
            log.info(
                    "Experiments are deleted {} after their end.",
                    DurationFormatterUtils.print(retention, DurationFormat.Style.COMPOSITE));
        }
    }
}
