package org.shatterlab.worker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a worker process computes.
 *
 * @param threads how many cells are computed at a time; 0 for one per core
 * @param attempts how often a cell is tried that fails for another reason than its specification
 * @param grace how long cells may go on when the process is told to stop; then they are handed back
 * @param memory what one cell may take outside the heap; 0 for its share of the machine's
 */
@ConfigurationProperties("shatterlab.worker")
record WorkerProperties(
        @DefaultValue("0") int threads,
        @DefaultValue("3") int attempts,
        @DefaultValue("20s") Duration grace,
        @DefaultValue("0") DataSize memory) {

    WorkerProperties {
        if (threads < 0 || attempts < 1 || grace.isNegative() || memory.isNegative()) {
            throw new IllegalArgumentException(
                    "shatterlab.worker.threads, .grace and .memory must not be negative, and .attempts at least 1");
        }
    }

    int parallelism() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    long memoryBytes() {
        return memory.toBytes() == 0 ? CellMemory.share(parallelism()) : memory.toBytes();
    }
}
