package org.shatterlab.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Tests that an outage during requests and computation leaves a few lines in the log. */
@ExtendWith(OutputCaptureExtension.class)
class OutageLogIT {

    private static final Duration OUTAGE = Duration.ofSeconds(15);
    private static final int CLIENTS = 8;

    @Test
    void logsFewLinesDuringOutage(@TempDir Path data, CapturedOutput output) throws Exception {
        try (Service service = Service.start(data);
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            JsonNode experiment = service.json.readTree(service.submit("""
                            {"networks": [{"family": "feedforward", "width": 100}], "depths": [20], "runs": 500,
                             "seed": 1, "statistics": ["gradient-variance"], "inputs": {"type": "grid", "points": 64}}""").body());
            int before = output.getOut().length();
            List<String> database = service.databaseArguments().stream()
                    .map(argument -> argument.substring(argument.indexOf('=') + 1))
                    .toList();
            String name = service.database();
            allowConnections(database, name, false);
            Instant end = Instant.now().plus(OUTAGE);
            for (int client = 0; client < CLIENTS; client++) {
                clients.execute(() -> {
                    while (Instant.now().isBefore(end)) {
                        assertThat(service.get("/api/v1/experiments").statusCode())
                                .isEqualTo(503);
                    }
                });
            }
            Thread.sleep(OUTAGE);
            assertThat(service.get("/actuator/health").statusCode()).isEqualTo(503);
            allowConnections(database, name, true);
            assertThat(service.await(experiment).get("state").asString()).isEqualTo("SUCCEEDED");
            while (!output.getOut().contains("The database is available again")) {
                assertThat(Instant.now()).isBefore(end.plusSeconds(60));
                Service.sleep();
            }
            String log = output.getOut().substring(before);
            assertThat(log.lines().toList())
                    .hasSizeLessThanOrEqualTo(4)
                    .anyMatch(line -> line.contains("The database is unavailable"));
        }
    }

    /** Ends all sessions of a database, and forbids or allows new ones. */
    private static void allowConnections(List<String> database, String name, boolean allowed) throws SQLException {
        String maintenance = database.get(0).replaceFirst("/[^/]*$", "/postgres");
        try (Connection connection = DriverManager.getConnection(maintenance, database.get(1), database.get(2));
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + name + " allow_connections " + allowed);
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name
                    + "' and usename = current_user");
        }
    }
}
