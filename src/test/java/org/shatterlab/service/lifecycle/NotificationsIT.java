package org.shatterlab.service.lifecycle;

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
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Tests that notifications arrive again after the service loses its listening connection. */
@ExtendWith(OutputCaptureExtension.class)
class NotificationsIT {

    private static final String LISTENING_SESSIONS =
            "from pg_stat_activity where application_name = 'shatterlab notifications'"
                    + " and datname = current_database()";
    private static final int OUTAGE_SECONDS = 8;

    @Test
    void reconnectsAfterLostConnection(@TempDir Path data, CapturedOutput output) throws Exception {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            JsonNode queued = service.json.readTree(service.submit("""
                            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                             "runs": 5}""").body());
            String self = queued.get("links").get("self").asString();
            awaitListeningSession(service);
            long lost = service.queryLongs("select pid " + LISTENING_SESSIONS).getFirst();

            // The database accepts no new connection until the outage is over. Open connections stay, except for the
            // listening one.
            allowConnections(service, false);
            service.queryLongs("select pg_terminate_backend(pid)::int " + LISTENING_SESSIONS);
            CompletableFuture<HttpResponse<String>> waiting =
                    CompletableFuture.supplyAsync(() -> service.get(self + "?wait=60"));
            Thread.sleep(Duration.ofSeconds(OUTAGE_SECONDS));
            assertThat(service.queryLongs("select count(*) " + LISTENING_SESSIONS))
                    .containsExactly(0L);
            allowConnections(service, true);

            awaitListeningSession(service);
            assertThat(service.queryLongs("select pid " + LISTENING_SESSIONS)).doesNotContain(lost);
            Instant cancelled = Instant.now();
            service.call("POST", self + "/cancel", "");
            assertThat(waiting.get().body()).contains("\"state\":\"CANCELL");
            assertThat(Duration.between(cancelled, Instant.now())).isLessThan(Duration.ofSeconds(1));
            await(() -> output.getOut().contains("The database is available again"));
        }
        assertThat(output.getOut())
                .containsOnlyOnce("The database is unavailable")
                .containsOnlyOnce("The database is available again");
    }

    /** Changes the setting through another database, because a session cannot block connections to its own database. */
    private static void allowConnections(Service service, boolean allowed) throws SQLException {
        List<String> arguments = service.databaseArguments().stream()
                .map(argument -> argument.substring(argument.indexOf('=') + 1))
                .toList();
        String maintenance = arguments.get(0).replaceFirst("/[^/]*$", "/postgres");
        try (Connection connection = DriverManager.getConnection(maintenance, arguments.get(1), arguments.get(2));
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + service.database() + " allow_connections " + allowed);
        }
    }

    private static void awaitListeningSession(Service service) {
        await(() -> service.queryLongs("select count(*) " + LISTENING_SESSIONS).getFirst() > 0);
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }
}
