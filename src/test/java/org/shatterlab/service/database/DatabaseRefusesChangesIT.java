package org.shatterlab.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/**
 * Tests that a full disk and a read-only database count against no cell. The error of a full disk comes from triggers,
 * because a test cannot fill a disk.
 */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseRefusesChangesIT {

    /** Longer than all attempts at a cell take, which follow after 1 and 2 seconds. */
    private static final Duration OUTAGE = Duration.ofSeconds(8);

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Networks whose cells are computed in batches (width 10) and alone (width 100). */
    private static final String SPEC = """
            {"networks": [{"family": "feedforward", "width": %d}], "depths": [20], "runs": 50, "seed": 1,
             "statistics": ["gradient-variance"], "inputs": {"type": "grid", "points": 64}}""";

    private static JsonNode submit(Service service, int width) {
        return service.json.readTree(
                service.submit(String.format(Locale.ROOT, SPEC, width)).body());
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        assertThat(response.body()).contains("\"code\":\"database-read-only\"");
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }

    private static void awaitStatus(Service service, String path, int status) {
        Instant deadline = Instant.now().plus(TIMEOUT);
        while (service.get(path).statusCode() != status) {
            assertThat(Instant.now()).as(path).isBefore(deadline);
            Service.sleep();
        }
    }

    private static void assertReadsAndKeepsCells(Service service, JsonNode experiment) throws InterruptedException {
        awaitStatus(service, "/actuator/health", 503);
        assertThat(service.get("/actuator/health").body()).contains("OUT_OF_SERVICE");
        assertThat(service.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        Thread.sleep(OUTAGE);
        HttpResponse<String> read =
                service.get(experiment.get("links").get("self").asString());
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(service.json.readTree(read.body()).get("state").asString()).isIn("QUEUED", "RUNNING");
    }

    private static void assertSucceeds(Service service, JsonNode experiment) {
        assertThat(service.await(experiment).get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(service.count("cell where attempts > 0 or vanished > 0")).isZero();
    }

    @Test
    void waitsForSpaceOnDisk(@TempDir Path data, CapturedOutput output) throws Exception {
        try (Service service = Service.start(data)) {
            service.execute("""
                    create function refuse() returns trigger language plpgsql as $$
                    begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$""");
            service.execute("create trigger no_space before insert on cell_row execute function refuse()");
            JsonNode small = submit(service, 10);
            JsonNode large = submit(service, 100);
            service.execute("create trigger no_space before insert on experiment execute function refuse()");
            assertRefused(service.submit(String.format(Locale.ROOT, SPEC, 11)));
            assertReadsAndKeepsCells(service, small);
            assertReadsAndKeepsCells(service, large);
            service.execute("drop trigger no_space on experiment");
            service.execute("drop trigger no_space on cell_row");
            assertSucceeds(service, small);
            assertSucceeds(service, large);
        }
        assertThat(output.getOut())
                .contains("The database accepts no changes. ")
                .doesNotContain("\tat ");
    }

    @Test
    void waitsForWritableDatabase(@TempDir Path data, CapturedOutput output) throws Exception {
        try (Service service = Service.start(data)) {
            JsonNode experiment = submit(service, 100);
            setReadOnly(service, "on");
            awaitStatus(service, "/actuator/health", 503);
            HttpResponse<String> refused = service.submit(String.format(Locale.ROOT, SPEC, 11));
            // The first requests may find a connection whose session has been ended.
            for (int i = 0; i < 20 && refused.body().contains("database-away"); i++) {
                Service.sleep();
                refused = service.submit(String.format(Locale.ROOT, SPEC, 11));
            }
            assertRefused(refused);
            assertReadsAndKeepsCells(service, experiment);
            setReadOnly(service, "off");
            awaitStatus(service, experiment.get("links").get("self").asString(), 200);
            assertSucceeds(service, experiment);
        }
        assertThat(output.getOut())
                .contains("The database accepts no changes. ")
                .doesNotContain("\tat ");
    }

    /** Changes the default of new sessions, and ends the sessions that have the old one. */
    private static void setReadOnly(Service service, String value) throws SQLException {
        List<String> arguments = service.databaseArguments().stream()
                .map(argument -> argument.substring(argument.indexOf('=') + 1))
                .toList();
        try (Connection connection = DriverManager.getConnection(arguments.get(0), arguments.get(1), arguments.get(2));
                Statement statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute(
                    "alter database " + connection.getCatalog() + " set default_transaction_read_only = " + value);
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid() and usename = current_user");
        }
    }
}
