package org.shatterlab.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;

/** Tests that requests which hold every connection for requests delay neither heartbeats nor probes. */
class BlockedRequestsIT {

    /** The service processes as many submissions at a time. */
    private static final int POOL = 2;

    private static final int EXCESS = 2;
    private static final String SPEC = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16}, "runs": 5}""";

    /** A worker whose heartbeat is older has lost several heartbeats. The bound is generous for a busy machine. */
    private static final String LIVE_WORKERS = "worker where heartbeat_at > clock_timestamp() - interval '5 s'";

    @Test
    void keepsHeartbeatsAndProbes(@TempDir Path data) throws Exception {
        try (Service service = Service.start(
                        data,
                        "--spring.datasource.hikari.maximum-pool-size=" + POOL,
                        "--spring.datasource.hikari.connection-timeout=3000");
                ExecutorService clients = Executors.newFixedThreadPool(POOL + EXCESS)) {
            List<String> database = service.databaseArguments().stream()
                    .map(argument -> argument.substring(argument.indexOf('=') + 1))
                    .toList();
            List<Future<HttpResponse<String>>> requests = new ArrayList<>();
            try (Connection connection =
                            DriverManager.getConnection(database.get(0), database.get(1), database.get(2));
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                // Heartbeats do not use this table.
                statement.execute("lock table idempotency_key in access exclusive mode");
                for (int client = 0; client < POOL; client++) {
                    String key = "key-" + client;
                    requests.add(clients.submit(
                            () -> service.call("POST", "/api/v1/experiments", SPEC, "Idempotency-Key", key)));
                }
                while (service.count("pg_stat_activity where wait_event_type = 'Lock'") < POOL) {
                    Service.sleep();
                }
                for (int client = 0; client < EXCESS; client++) {
                    requests.add(clients.submit(() -> service.get("/api/v1/experiments")));
                }
                awaitAnswers(requests, EXCESS);
                for (int probe = 0; probe < 5; probe++) {
                    for (String path : List.of("", "/readiness", "/liveness")) {
                        Instant start = Instant.now();
                        assertThat(service.get("/actuator/health" + path).statusCode())
                                .isEqualTo(200);
                        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(3));
                    }
                    assertThat(service.count(LIVE_WORKERS)).isEqualTo(1);
                    Thread.sleep(Duration.ofSeconds(1));
                }
                connection.rollback();
            }
            awaitAnswers(requests, POOL + EXCESS);
            assertThat(requests)
                    .filteredOn(request -> request.resultNow().statusCode() == 202)
                    .hasSize(POOL);
            assertThat(requests)
                    .filteredOn(request -> request.resultNow().body().contains("\"code\":\"busy\""))
                    .hasSize(EXCESS);
        }
    }

    private static void awaitAnswers(List<Future<HttpResponse<String>>> requests, int count) {
        Instant deadline = Instant.now().plusSeconds(20);
        while (requests.stream().filter(Future::isDone).count() < count) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }
}
