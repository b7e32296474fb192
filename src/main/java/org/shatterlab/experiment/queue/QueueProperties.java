package org.shatterlab.experiment.queue;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How cells are queued.
 *
 * @param window how many cells of one experiment wait in the queue or run at a time; at least the number of all workers
 */
@ConfigurationProperties("shatterlab.queue")
public record QueueProperties(@DefaultValue("32") int window) {

    public QueueProperties {
        if (window < 1) {
            throw new IllegalArgumentException("shatterlab.queue.window must be at least 1, not " + window);
        }
    }
}
