package org.shatterlab.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests that many clients can list, await, cancel, retry and delete experiments at the same time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LifecycleIT {

    private static final String API = "/api/v1/experiments";

    /** An experiment with one cell, which takes about a millisecond. */
    private static final String NOISE = """
            {"name": "%s", "networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
             "statistics": ["gradient-variance"], "runs": 5, "seed": %d}""";

    /** An experiment whose cells take about a second each. */
    private static final String SLOW = """
            {"name": "slow", "networks": [{"family": "feedforward", "width": 400}], "depths": [80], "runs": %d,
             "seed": %d, "inputs": {"type": "grid", "points": 256}, "statistics": ["gradient-variance"]}""";

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data, "--shatterlab.worker.threads=1");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private JsonNode accepted(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return service.json.readTree(response.body());
    }

    private JsonNode get(JsonNode experiment) {
        return service.json.readTree(service.get(self(experiment)).body());
    }

    private HttpResponse<String> act(JsonNode experiment, String action) {
        return service.call("POST", self(experiment) + "/" + action, "");
    }

    private HttpResponse<String> delete(JsonNode experiment) {
        return service.call("DELETE", self(experiment), "");
    }

    private static String self(JsonNode experiment) {
        return experiment.get("links").get("self").asString();
    }

    private static String state(JsonNode experiment) {
        return experiment.get("state").asString();
    }

    private static int progress(JsonNode experiment, String name) {
        return experiment.get("progress").get(name).asInt();
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }

    private void awaitState(JsonNode experiment, String state) {
        await(() -> state(get(experiment)).equals(state));
    }

    private static <T> List<T> runConcurrently(int threads, List<Callable<T>> tasks) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<T> results = new ArrayList<>();
            for (Future<T> result : executor.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        }
    }

    private HttpResponse<String> submit(String key, String body) {
        return service.call("POST", API, body, "Idempotency-Key", key);
    }

    @Test
    void repeatedKeyCreatesOneExperiment() throws Exception {
        String body = String.format(Locale.ROOT, NOISE, "hundred", 100);
        Callable<HttpResponse<String>> submission = () -> submit("hundred", body);
        List<HttpResponse<String>> responses = runConcurrently(
                60, IntStream.range(0, 60).mapToObj(_ -> submission).toList());
        assertThat(responses)
                .allSatisfy(response ->
                        assertThat(response.statusCode()).as(response.body()).isEqualTo(202));
        assertThat(responses.stream().map(response -> response.headers().firstValue("Location")))
                .containsOnly(responses.getFirst().headers().firstValue("Location"));
        assertThat(responses.stream()
                        .filter(response -> response.headers()
                                .firstValue("Idempotency-Replayed")
                                .isEmpty()))
                .hasSize(1);
        assertThat(service.count("experiment where name = 'hundred'")).isEqualTo(1);
    }

    @Test
    void rejectsKeyWithOtherBody() {
        JsonNode first = accepted(submit("one body", String.format(Locale.ROOT, NOISE, "key", 1)));
        JsonNode again = accepted(
                submit("one body", String.format(Locale.ROOT, NOISE, "key", 1).replace("\n", "\n   ")));
        assertThat(self(again)).isEqualTo(self(first));
        String sameNumber =
                String.format(Locale.ROOT, NOISE, "key", 1).replaceFirst("\"runs\": (\\d+)", "\"runs\": $1.0");
        assertThat(sameNumber).contains(".0");
        assertThat(self(accepted(submit("one body", sameNumber)))).isEqualTo(self(first));
        problem(submit("one body", String.format(Locale.ROOT, NOISE, "key", 2)), 409, "conflict");
        assertThat(service.count("experiment where name = 'key'")).isEqualTo(1);

        service.execute("update idempotency_key set created_at = now() - interval '25 hours' where key = 'one body'");
        JsonNode other = accepted(submit("one body", String.format(Locale.ROOT, NOISE, "key", 2)));
        assertThat(self(other)).isNotEqualTo(self(first));

        service.execute("update idempotency_key set created_at = now() - interval '25 hours' where key = 'one body'");
        await(() -> service.count("idempotency_key where key = 'one body'") == 0);
    }

    private JsonNode problem(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = service.json.readTree(response.body());
        assertThat(problem.get("code").asString()).isEqualTo(code);
        return problem;
    }

    @Test
    void pagesStayCompleteDuringSubmissions() throws Exception {
        List<String> before = submitMany("before", 3000);
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<List<String>> during = executor.submit(() -> submitMany("during", 500));
            List<String> seen = ids("limit=17");
            assertThat(seen).doesNotHaveDuplicates().containsAll(before);
            assertThat(during.get()).hasSize(500);
        }
        List<String> all = ids("limit=500&name=BEFOR");
        assertThat(all).containsExactlyInAnyOrderElementsOf(before);
        assertThat(ids("name=during&state=SUCCEEDED&state=RUNNING&state=QUEUED"))
                .hasSize(500);
        assertThat(ids("name=during&preset=figure-1")).isEmpty();
        JsonNode page = service.json.readTree(
                service.get(API + "?limit=100&name=during").body());
        List<Instant> times = new ArrayList<>();
        page.get("items")
                .forEach(item -> times.add(Instant.parse(item.get("createdAt").asString())));
        assertThat(times).hasSize(100).isSortedAccordingTo((left, right) -> right.compareTo(left));
        Instant since = times.getLast();
        assertThat(ids("name=during&createdAfter=" + since))
                .hasSize((int) times.stream().filter(since::isBefore).count());
    }

    private List<String> submitMany(String name, int count) throws Exception {
        Callable<String> submission = () -> accepted(service.submit(String.format(Locale.ROOT, NOISE, name, 7)))
                .get("id")
                .asString();
        return runConcurrently(
                8, IntStream.range(0, count).mapToObj(_ -> submission).toList());
    }

    private List<String> ids(String query) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            HttpResponse<String> response = service.get(API + "?" + query + cursor);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode page = service.json.readTree(response.body());
            page.get("items").forEach(item -> ids.add(item.get("id").asString()));
            cursor = page.get("nextCursor").isNull()
                    ? null
                    : "&cursor=" + page.get("nextCursor").asString();
        } while (cursor != null);
        return ids;
    }

    @Test
    void answersNotModifiedForKnownVersion() {
        JsonNode done = service.run(String.format(Locale.ROOT, NOISE, "etag", 3));
        HttpResponse<String> full = service.get(self(done));
        String tag = full.headers().firstValue("ETag").orElseThrow();
        assertThat(full.headers().firstValue("Retry-After")).isEmpty();
        for (String header : List.of(tag, "\"other\", " + tag, tag.substring(2))) {
            HttpResponse<String> same = service.get(self(done), "If-None-Match", header);
            assertThat(same.statusCode()).as(header).isEqualTo(304);
            assertThat(same.headers().firstValue("ETag")).hasValue(tag);
            assertThat(same.body()).isEmpty();
        }
        for (String path : List.of(self(done), self(done) + "?wait=60")) {
            HttpResponse<String> any = service.get(path, "If-None-Match", "*");
            assertThat(any.statusCode()).as(path).isEqualTo(304);
            assertThat(any.headers().firstValue("ETag")).hasValue(tag);
        }
        assertThat(service.call("HEAD", self(done), "", "If-None-Match", "*").statusCode())
                .isEqualTo(304);
        problem(service.get(self(done), "If-Match", tag), 412, "precondition-failed");
        assertThat(service.get(self(done), "If-Match", "*").statusCode()).isEqualTo(200);
        assertThat(service.get(self(done), "If-None-Match", "W/\"other\"").statusCode())
                .isEqualTo(200);
        assertThat(service.get(self(done) + "?wait=60", "If-None-Match", tag).statusCode())
                .as("an ended experiment answers at once")
                .isEqualTo(304);
        assertThat(service.call("HEAD", self(done), "").headers().firstValue("ETag"))
                .hasValue(tag);
    }

    @Test
    void waitEndsAtNextChange() {
        JsonNode slow = accepted(service.submit(String.format(Locale.ROOT, SLOW, 15, 1)));
        String tag = "W/\"none\"";
        Set<String> seen = new HashSet<>();
        int answers = 0;
        JsonNode now = slow;
        while (now.get("finishedAt").isNull()) {
            HttpResponse<String> next = service.get(self(slow) + "?wait=60", "If-None-Match", tag);
            assertThat(next.statusCode()).isEqualTo(200);
            tag = next.headers().firstValue("ETag").orElseThrow();
            assertThat(seen.add(tag)).isTrue();
            now = service.json.readTree(next.body());
            assertThat(next.headers().firstValue("Retry-After").isPresent())
                    .isEqualTo(now.get("finishedAt").isNull());
            assertThat(++answers).isLessThan(10);
        }
        assertThat(state(now)).isEqualTo("SUCCEEDED");
    }

    @Test
    void waitEndsAtTimeout(@TempDir Path data) throws Exception {
        try (Service idle = Service.start(data, "--shatterlab.roles=api")) {
            JsonNode queued = idle.json.readTree(
                    idle.submit(String.format(Locale.ROOT, NOISE, "idle", 1)).body());
            String tag = idle.get(self(queued)).headers().firstValue("ETag").orElseThrow();
            Callable<HttpResponse<String>> wait = () -> idle.get(self(queued) + "?wait=2", "If-None-Match", tag);
            Instant start = Instant.now();
            // The number of waiting clients far exceeds the number of database connections.
            assertThat(runConcurrently(
                            200, IntStream.range(0, 200).mapToObj(_ -> wait).toList()))
                    .allSatisfy(response -> assertThat(response.statusCode()).isEqualTo(304));
            assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
            assertThat(idle.get(self(queued) + "?wait=1").statusCode()).isEqualTo(200);

            try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
                Future<HttpResponse<String>> waiting = executor.submit(() -> idle.get(self(queued) + "?wait=60"));
                Thread.sleep(500);
                assertThat(idle.call("POST", self(queued) + "/cancel", "").statusCode())
                        .isEqualTo(202);
                assertThat(state(idle.json.readTree(waiting.get().body())))
                        .as("CANCELLING, or CANCELLED if the experiment has already ended")
                        .isIn("CANCELLING", "CANCELLED");
                assertThat(idle.count("scheduled_tasks where task_name = 'cell'"))
                        .isZero();
                assertThat(idle.count("cell where state = 'PLANNED'")).isEqualTo(1);
            }
        }
    }

    @Test
    void reportsCancelledResultsAsNotFound(@TempDir Path data) {
        try (Service idle = Service.start(data, "--shatterlab.roles=api")) {
            JsonNode queued = idle.json.readTree(idle.submit("""
                            {"networks": [{"label": "noise", "family": "white-noise"}],
                             "inputs": {"type": "grid", "points": 17},
                             "statistics": ["autocorrelation", "gradient", "covariance"], "runs": 5}""").body());
            List<String> paths = List.of("/series/noise/0", "/matrices/noise/0/covariance", "/figures/figure-2.svg");
            for (String path : paths) {
                problem(idle.get(self(queued) + path), 404, "not-measured-yet");
            }
            assertThat(idle.call("POST", self(queued) + "/cancel", "").statusCode())
                    .isEqualTo(202);
            for (String path : paths) {
                JsonNode problem = problem(idle.get(self(queued) + path), 404, "not-found");
                assertThat(problem.get("detail").asString())
                        .startsWith("The experiment was cancelled")
                        .doesNotContain("null", "failed");
            }
        }
    }

    @Test
    void cancelsRetriesAndDeletesExperiments() {
        JsonNode slow = accepted(service.submit(String.format(Locale.ROOT, SLOW, 200, 2)));
        awaitState(slow, "RUNNING");
        problem(delete(slow), 409, "conflict");
        problem(act(slow, "retry"), 409, "conflict");
        JsonNode cancelled = accepted(act(slow, "cancel"));
        assertThat(state(cancelled)).isIn("CANCELLING", "CANCELLED");
        assertThat(service.count("cell where state = 'QUEUED'")).isZero();
        awaitState(slow, "CANCELLED");
        JsonNode ended = get(slow);
        assertThat(ended.get("finishedAt").isNull()).isFalse();
        assertThat(progress(ended, "done")).isLessThan(40);
        assertThat(state(accepted(act(slow, "cancel")))).as("repeated cancel").isEqualTo("CANCELLED");
        assertThat(service.count("scheduled_tasks where task_name = 'cell'")).isZero();

        JsonNode retried = accepted(act(slow, "retry"));
        assertThat(state(retried)).isIn("QUEUED", "RUNNING");
        assertThat(progress(retried, "done")).isEqualTo(progress(ended, "done"));
        assertThat(retried.get("finishedAt").isNull()).isTrue();
        await(() -> progress(get(slow), "done") > progress(ended, "done"));
        accepted(act(slow, "cancel"));
        awaitState(slow, "CANCELLED");

        HttpResponse<String> gone = delete(slow);
        assertThat(gone.statusCode()).isEqualTo(204);
        assertThat(gone.body()).isEmpty();
        assertThat(service.get(self(slow)).statusCode()).isEqualTo(404);
        assertThat(service.count("cell where spec::text like '%\"width\": 400%' and spec::text like '%\"seed\": 2%'"))
                .isZero();
        assertThat(service.count("cell_row r where not exists (select from cell where fingerprint = r.fingerprint)"))
                .isZero();
        problem(delete(slow), 404, "not-found");
    }

    @Test
    void cancelAndDeleteKeepSharedCells() {
        JsonNode small = accepted(service.submit(String.format(Locale.ROOT, SLOW, 10, 3)));
        JsonNode large = accepted(service.submit(String.format(Locale.ROOT, SLOW, 100, 3)));
        awaitState(large, "RUNNING");
        accepted(act(large, "cancel"));
        awaitState(small, "SUCCEEDED");
        awaitState(large, "CANCELLED");
        assertThat(delete(large).statusCode()).isEqualTo(204);
        assertThat(service.rows(get(small), ""))
                .hasSize(1)
                .allSatisfy(row -> assertThat(row.get("runs").asInt()).isEqualTo(10));
        JsonNode again = service.run(String.format(Locale.ROOT, SLOW, 10, 3));
        assertThat(progress(again, "cached")).isEqualTo(2);
        problem(act(again, "cancel"), 409, "conflict");
        problem(act(again, "retry"), 409, "conflict");
        assertThat(delete(small).statusCode()).isEqualTo(204);
        assertThat(service.rows(again, "")).hasSize(1);
    }

    @Test
    void retryComputesOnlyFailedCells() {
        JsonNode failed = service.run("""
                {"networks": [{"label": "exploding", "family": "resnet", "width": 30, "depths": [400]},
                              {"label": "tame", "family": "feedforward", "width": 20, "depths": [4]}],
                 "inputs": {"type": "grid", "points": 16}, "runs": 5, "seed": 2}""");
        assertThat(state(failed)).isEqualTo("FAILED");
        service.execute("update cell set failure = 'earlier' where state = 'FAILED'");
        JsonNode retried = accepted(act(failed, "retry"));
        assertThat(progress(retried, "failed")).isZero();
        assertThat(progress(retried, "done")).isEqualTo(1);
        assertThat(retried.get("failure").isNull()).isTrue();
        awaitState(failed, "FAILED");
        assertThat(get(failed).get("failure").asString())
                .startsWith("exploding: ")
                .doesNotContain("earlier");
        assertThat(service.count("cell_execution x join cell c using (fingerprint) where c.state = 'FAILED'"))
                .isEqualTo(2);
    }

    private static String storm(int runs, long seed) {
        return String.format(Locale.ROOT, """
                {"name": "storm", "networks": [{"family": "white-noise"}, {"family": "brown-noise"}],
                 "inputs": {"type": "grid", "points": 64}, "runs": %d, "seed": %d}""", runs, seed);
    }

    /** Sends all requests at once for the same cells. All transactions must lock rows in the same order. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void concurrentRequestsNeverDeadlock(long seed) throws Exception {
        List<Callable<Integer>> storms = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int runs = 50 + i;
            storms.add(() -> {
                JsonNode experiment = accepted(service.submit(storm(runs, seed)));
                int worst = act(experiment, "cancel").statusCode();
                worst = Math.max(worst, act(experiment, "retry").statusCode());
                worst = Math.max(worst, act(experiment, "cancel").statusCode());
                return Math.max(worst, delete(experiment).statusCode());
            });
        }
        assertThat(runConcurrently(12, storms)).allMatch(status -> status < 500);
        await(() -> service.count("experiment where state in ('QUEUED', 'RUNNING', 'CANCELLING')") == 0);
        assertThat(service.count("experiment where done + failed > cells")).isZero();
        assertThat(service.count("""
                experiment e where done + failed <>
                    (select count(*) from experiment_cell l where l.experiment_id = e.id and l.settled)""")).isZero();
        assertThat(service.count("cell where state in ('QUEUED', 'RUNNING')")).isZero();
    }
}
