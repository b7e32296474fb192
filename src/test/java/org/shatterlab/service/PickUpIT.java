package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An idle service takes up work at once, in whichever process its workers are. */
class PickUpIT {

    private static final Logger LOG = LoggerFactory.getLogger(PickUpIT.class);
    private static final int SUBMISSIONS = 30;

    @Test
    void aWorkerOfTheSameProcess(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            assertThat(medianMillis(service, "the same process")).isLessThan(100);
        }
    }

    @Test
    void aWorkerOfAnotherProcess(@TempDir Path data, @TempDir Path other) {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            try (ServiceProcess worker = worker(other, service)) {
                assertThat(medianMillis(service, "another process")).isLessThan(600);
                worker.process().requireAlive();
            }
        }
    }

    private static ServiceProcess worker(Path folder, Service service) {
        List<String> arguments = new ArrayList<>(service.databaseArguments());
        arguments.add("--shatterlab.roles=worker");
        return ServiceProcess.start(folder, ServiceProcess.freePort(), arguments);
    }

    /** From the submission to the start of the only cell, which are taken with the same clock. */
    private static long medianMillis(Service service, String worker) {
        service.run(experiment(0));
        long[] millis = IntStream.rangeClosed(1, SUBMISSIONS)
                .mapToLong(seed -> {
                    Instant submitted = Instant.now();
                    Instant started = Instant.parse(
                            service.run(experiment(seed)).get("startedAt").asString());
                    return Duration.between(submitted, started).toMillis();
                })
                .sorted()
                .toArray();
        long median = millis[SUBMISSIONS / 2];
        LOG.info("From POST to RUNNING, worker in {}: median {} ms, all {}", worker, median, millis);
        return median;
    }

    private static String experiment(int seed) {
        return """
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                 "statistics": ["gradient-variance"], "runs": 5, "seed": %d}""".formatted(seed);
    }
}
