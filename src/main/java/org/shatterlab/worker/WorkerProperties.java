package org.shatterlab.worker;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a worker process computes.
 *
 * @param threads how many cells are computed at a time; 0 for one per core
 * @param attempts how often a cell is tried that fails for another reason than its specification
 */
@ConfigurationProperties("shatterlab.worker")
record WorkerProperties(
        @DefaultValue("0") int threads, @DefaultValue("3") int attempts) {

    WorkerProperties {
        if (threads < 0 || attempts < 1) {
            throw new IllegalArgumentException(
                    "shatterlab.worker.threads must not be negative, and shatterlab.worker.attempts at least 1");
        }
    }

    int parallelism() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
