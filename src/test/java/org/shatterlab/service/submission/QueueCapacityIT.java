package org.shatterlab.service.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.CallerHeaderFilter;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests that no caller can fill the queue of a shared service. No worker runs, so open cells stay open. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueueCapacityIT {

    private static final String API = "/api/v1/experiments";

    /** A specification with one cell per five runs. */
    private static final String NOISE = """
            {"name": "%s", "networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
             "statistics": ["gradient-variance"], "runs": %d, "seed": %d}""";

    private static final String LARGE = """
            {"networks": [{"family": "white-noise"}, {"family": "feedforward", "width": %d}], "depths": [%d],
             "inputs": {"type": "gaussian", "points": %d, "dimension": 10}, "runs": %s, "seed": %s}""";

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(
                data,
                "--shatterlab.roles=api",
                "--shatterlab.limits.open-cells=30",
                "--shatterlab.limits.open-cells-per-token=10",
                "--shatterlab.limits.planned-cells-per-minute-per-token=200",
                "--shatterlab.limits.stored-bytes=8MB",
                "--shatterlab.limits.stored-bytes-per-token=5MB",
                CallerHeaderFilter.SOURCE);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @BeforeEach
    void deleteAll() {
        for (String table : List.of("experiment", "cell", "scheduled_tasks", "worker")) {
            service.execute("delete from " + table);
        }
        awaitCacheExpiry();
    }

    /**
     * Waits until the cached counts of open cells and of workers have expired. The service keeps these counts for one
     * second.
     */
    private static void awaitCacheExpiry() {
        Instant end = Instant.now().plusMillis(1100);
        await(() -> Instant.now().isAfter(end));
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(10);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }

    private HttpResponse<String> submit(String caller, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(CallerHeaderFilter.HEADER, caller));
        all.addAll(List.of(headers));
        return service.call("POST", API, body, all.toArray(String[]::new));
    }

    private JsonNode assertAccepted(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return service.json.readTree(response.body());
    }

    private JsonNode assertRejected(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode problem = service.json.readTree(response.body());
        assertThat(problem.get("code").asString()).isEqualTo(code);
        return problem;
    }

    private static String self(JsonNode experiment) {
        return experiment.get("links").get("self").asString();
    }

    @Test
    void storesOwnersOfExperiments() {
        JsonNode adas = assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "owned", 5, 1)));
        assertAccepted(submit("bob", String.format(Locale.ROOT, NOISE, "owned", 5, 1)));
        JsonNode nobodys = assertAccepted(service.submit(String.format(Locale.ROOT, NOISE, "owned", 5, 1)));
        assertThat(adas.get("owner").asString()).isEqualTo("ada");
        assertThat(adas.get("spec").has("owner")).isFalse();
        assertThat(nobodys.get("owner").isNull()).isTrue();
        JsonNode items =
                service.json.readTree(service.get(API + "?owner=ada").body()).get("items");
        assertThat(items).hasSize(1);
        assertThat(items.get(0).get("id")).isEqualTo(adas.get("id"));
        assertThat(items.get(0).get("owner").asString()).isEqualTo("ada");
    }

    @Test
    void separatesIdempotencyKeysOfCallers() {
        String[] key = {"Idempotency-Key", "one"};
        JsonNode adas = assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "keys", 5, 1), key));
        JsonNode bobs = assertAccepted(submit("bob", String.format(Locale.ROOT, NOISE, "keys", 5, 2), key));
        JsonNode nobodys =
                assertAccepted(service.call("POST", API, String.format(Locale.ROOT, NOISE, "keys", 5, 3), key));
        assertThat(List.of(self(adas), self(bobs), self(nobodys))).doesNotHaveDuplicates();
        assertThat(self(assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "keys", 5, 1), key))))
                .isEqualTo(self(adas));
        assertRejected(submit("bob", String.format(Locale.ROOT, NOISE, "keys", 5, 1), key), 409, "conflict");
    }

    @Test
    void limitsOpenCellsOfAToken() {
        JsonNode first = assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "mine", 30, 1)));
        HttpResponse<String> response = submit("ada", String.format(Locale.ROOT, NOISE, "mine", 25, 2));
        assertThat(assertRejected(response, 429, "queue-full").get("detail").asString())
                .startsWith("6 cells of yours are to be computed, and this needs 5 more; 10 is the limit");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("10");
        assertThat(service.count("experiment")).isEqualTo(1);
        assertThat(service.count("cell")).as("cells after the rejection").isEqualTo(6);
        assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "mine", 20, 2)));
        assertAccepted(submit("bob", String.format(Locale.ROOT, NOISE, "mine", 50, 3)));

        service.call("POST", self(first) + "/cancel", "");
        awaitCacheExpiry();
        assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "mine", 30, 4)));
        assertRejected(service.call("POST", self(first) + "/retry", ""), 429, "queue-full");
        assertThat(service.json
                        .readTree(service.get(self(first)).body())
                        .get("state")
                        .asString())
                .isEqualTo("CANCELLED");
    }

    @Test
    void retryCountsItsCellsOnce() {
        JsonNode experiment = assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "retried", 30, 1)));
        service.call("POST", self(experiment) + "/cancel", "");
        awaitCacheExpiry();
        assertAccepted(service.call("POST", self(experiment) + "/retry", ""));
    }

    @Test
    void limitsOpenCellsOfAllCallers() {
        assertAccepted(service.submit(String.format(Locale.ROOT, NOISE, "all", 100, 1)));
        assertAccepted(submit("ada", String.format(Locale.ROOT, NOISE, "all", 45, 2)));
        assertThat(assertRejected(submit("bob", String.format(Locale.ROOT, NOISE, "all", 10, 3)), 429, "queue-full")
                        .get("detail")
                        .asString())
                .startsWith("29 cells are to be computed, and this needs 2 more; 30 is the limit");
        assertAccepted(submit("bob", String.format(Locale.ROOT, NOISE, "all", 5, 4)));
        assertRejected(service.submit(String.format(Locale.ROOT, NOISE, "all", 5, 5)), 429, "queue-full");

        service.execute("update cell set state = 'DONE'");
        JsonNode cached = assertAccepted(service.submit(String.format(Locale.ROOT, NOISE, "all", 100, 1)));
        assertThat(cached.get("state").asString())
                .as("a cached experiment needs no room in the queue")
                .isEqualTo("SUCCEEDED");
        assertRejected(service.submit(String.format(Locale.ROOT, NOISE, "all", 105, 1)), 429, "queue-full");
    }

    /** A specification with one cell whose matrix has 2 MiB. */
    private static final String MATRIX = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 512}, "seed": %d,
             "statistics": ["covariance"], "runs": 5}""";

    @Test
    void limitsStoredBytes() {
        JsonNode first = assertAccepted(submit("ada", String.format(Locale.ROOT, MATRIX, 1)));
        long bytes = service.json
                .readTree(service.call("POST", API + "?dryRun=true", String.format(Locale.ROOT, MATRIX, 1))
                        .body())
                .get("storedBytes")
                .asLong();
        assertThat(bytes).isBetween(2L << 20, 3L << 20);
        assertThat(service.queryLongs("select stored_bytes from experiment")).containsExactly(bytes);
        // A cell that experiments share counts for each of them.
        assertAccepted(submit("ada", String.format(Locale.ROOT, MATRIX, 1)));
        assertThat(assertRejected(submit("ada", String.format(Locale.ROOT, MATRIX, 1)), 507, "storage-full")
                        .get("detail")
                        .asString())
                .matches("Your experiments take about 0.00 GB, .* is the limit on stored bytes of a token\\. .*");
        assertAccepted(submit("bob", String.format(Locale.ROOT, MATRIX, 2)));
        assertThat(assertRejected(service.submit(String.format(Locale.ROOT, MATRIX, 3)), 507, "storage-full")
                        .get("detail")
                        .asString())
                .startsWith("All experiments take");
        assertThat(service.count("experiment")).isEqualTo(3);

        service.call("POST", self(first) + "/cancel", "");
        service.call("DELETE", self(first), "");
        awaitCacheExpiry();
        assertAccepted(submit("ada", String.format(Locale.ROOT, MATRIX, 4)));
    }

    @Test
    void limitsPlannedCellsOfAToken() {
        String dryRun = API + "?dryRun=true";
        String body = String.format(Locale.ROOT, NOISE, "planned", 1000, 1);
        String[] carol = {CallerHeaderFilter.HEADER, "carol"};
        assertThat(service.call("POST", dryRun, body, carol).statusCode()).isEqualTo(200);
        HttpResponse<String> response = service.call("POST", dryRun, body, carol);
        assertRejected(response, 429, "queue-full");
        assertThat(response.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 60L);
        assertRejected(submit("carol", body), 429, "queue-full");
        assertThat(service.call("POST", dryRun, body).statusCode())
                .as("other clients")
                .isEqualTo(200);
    }

    private void worker(String name, long memory, String heartbeat) {
        service.execute(String.format(Locale.ROOT, """
                insert into worker (name, node, device, engine, threads, memory_bytes, heartbeat_at)
                values ('%s', 'here', 'cpu', 'pytorch', 1, %d, now() - interval '%s')""", name, memory, heartbeat));
    }

    private static List<String> violations(JsonNode problem) {
        return StreamSupport.stream(problem.get("violations").spliterator(), false)
                .map(violation -> violation.get("pointer").asString() + " "
                        + violation.get("message").asString())
                .toList();
    }

    @Test
    void rejectsCellsLargerThanEveryWorker() {
        String large = String.format(Locale.ROOT, LARGE, 4096, 2, 512, "5", "1");
        assertAccepted(service.submit(large));
        worker("small", 50 << 20, "1 second");
        worker("medium", 100 << 20, "1 second");
        worker("gone", 1L << 40, "61 seconds");
        awaitCacheExpiry();
        for (String operation : List.of("", "/estimate")) {
            assertThat(violations(assertRejected(service.call("POST", API + operation, large), 422, "invalid-request")))
                    .singleElement()
                    .asString()
                    .matches(
                            "/networks/1 takes about \\d{3} MiB of memory for a cell, but the largest worker on a CPU has 100 MiB; .*");
        }
        String adaptive = String.format(
                Locale.ROOT,
                LARGE,
                4096,
                2,
                512,
                "{\"min\": 5, \"max\": 20, \"relativeError\": 0.1, \"of\": \"gradient-variance\"}",
                "\"x\"");
        assertThat(violations(assertRejected(service.submit(adaptive), 422, "invalid-request")))
                .as("the violation comes together with all others")
                .extracting(violation -> violation.substring(0, violation.indexOf(' ')))
                .containsExactlyInAnyOrder("/networks/1", "/seed");
        assertAccepted(service.submit(String.format(Locale.ROOT, LARGE, 100, 2, 512, "5", "1")));
        service.execute("update worker set heartbeat_at = now() - interval '2 minutes'");
        awaitCacheExpiry();
        assertAccepted(service.submit(large));
    }

    @Test
    void rejectsCellsLongerThanAnHour() {
        String message =
                "/networks/1 takes about 6.9e+14 floating-point operations for a cell of 5 runs; 1.4e+14 is the limit";
        for (String operation : List.of("", "/estimate")) {
            assertThat(violations(assertRejected(
                            service.call(
                                    "POST",
                                    API + operation,
                                    String.format(Locale.ROOT, LARGE, 4096, 1000, 2048, "20", "1")),
                            422,
                            "invalid-request")))
                    .singleElement()
                    .asString()
                    .startsWith(message);
        }
        assertAccepted(service.submit(String.format(Locale.ROOT, LARGE, 4096, 190, 2048, "5", "1")));
    }
}
