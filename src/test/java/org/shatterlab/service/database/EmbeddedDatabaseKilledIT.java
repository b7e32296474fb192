package org.shatterlab.service.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.TestDatabase;
import tools.jackson.databind.JsonNode;

/** Tests that a service restarts its embedded PostgreSQL after a kill, and finishes its experiments. */
class EmbeddedDatabaseKilledIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String SPEC = """
            {"networks": [{"family": "feedforward", "width": 100}], "depths": [20], "runs": 200, "seed": 1,
             "statistics": ["gradient-variance"], "inputs": {"type": "grid", "points": 64}, "cache": %s}""";

    @Test
    void resumesAfterDatabaseKill(@TempDir Path data) throws IOException {
        assumeTrue(TestDatabase.NO_CONTAINERS_REASON != null, "The database runs in a container.");
        try (Service service = Service.start(data)) {
            JsonNode experiment = service.json.readTree(
                    service.submit(String.format(Locale.ROOT, SPEC, true)).body());
            String self = experiment.get("links").get("self").asString();
            Path pidFile = data.resolve("postgres/data/postmaster.pid");
            long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst());
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            Instant deadline = Instant.now().plus(TIMEOUT);
            int status;
            do {
                status = service.get(self).statusCode();
                assertThat(status).isIn(200, 503);
                assertThat(Instant.now()).isBefore(deadline);
                Service.sleep();
            } while (status != 200 || Long.parseLong(Files.readAllLines(pidFile).getFirst()) == pid);
            JsonNode ended = service.await(experiment);
            assertThat(ended.get("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(service.csv(ended)).isEqualTo(service.csv(service.run(String.format(Locale.ROOT, SPEC, false))));
            assertThat(service.count("cell where state = 'DONE' and attempts = 0"))
                    .isEqualTo(2 * 40);
        }
    }
}
