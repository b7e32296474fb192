package org.shatterlab.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests that the service deletes old experiments and the cells that no other experiment shares. */
class RetentionIT {

    private static final String SMALL = """
            {"networks": [{"family": "feedforward", "width": %d}], "depths": [2], "inputs": {"type": "grid", "points": 16},
             "statistics": ["gradient-variance"], "runs": %d}""";

    private static String id(JsonNode experiment) {
        return experiment.get("id").asString();
    }

    private static int status(Service service, JsonNode experiment) {
        return service.get(experiment.get("links").get("self").asString()).statusCode();
    }

    private static void backdateEnd(Service service, JsonNode experiment, String interval) {
        service.execute("update experiment set finished_at = finished_at - interval '%s' where id = '%s'"
                .formatted(interval, id(experiment)));
    }

    @Test
    void deletesOldExperimentsKeepsSharedCells(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.worker.threads=1", "--shatterlab.retention=30d")) {
            JsonNode old = service.run(String.format(Locale.ROOT, SMALL, 8, 10));
            JsonNode alone = service.run(String.format(Locale.ROOT, SMALL, 9, 10));
            JsonNode young = service.run(String.format(Locale.ROOT, SMALL, 8, 5));
            JsonNode running = service.run(String.format(Locale.ROOT, SMALL, 10, 5));
            assertThat(service.count("cell")).isEqualTo(5);
            long predictions = service.count("prediction");
            service.execute("""
                    update cell set state = 'RUNNING' where fingerprint in
                        (select fingerprint from experiment_cell where experiment_id = '%s')""".formatted(id(running)));
            backdateEnd(service, young, "29 days");
            backdateEnd(service, running, "31 days");
            backdateEnd(service, old, "31 days");
            backdateEnd(service, alone, "31 days");
            Instant deadline = Instant.now().plusSeconds(30);
            while (service.count("experiment") > 2) {
                assertThat(Instant.now()).isBefore(deadline);
                Service.sleep();
            }
            assertThat(status(service, old)).isEqualTo(404);
            assertThat(status(service, alone)).isEqualTo(404);
            assertThat(service.rows(young, "")).hasSize(1);
            assertThat(service.count("cell"))
                    .as("the cell of young and the running cell")
                    .isEqualTo(2);
            assertThat(service.count("prediction"))
                    .as("the predictions of alone, a third of all, are deleted")
                    .isEqualTo(predictions * 2 / 3);
            service.execute("update cell set state = 'DONE' where state = 'RUNNING'");
            while (service.count("experiment") > 1) {
                assertThat(Instant.now()).isBefore(deadline);
                Service.sleep();
            }
            assertThat(status(service, young)).isEqualTo(200);
        }
    }
}
