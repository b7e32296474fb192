package org.shatterlab.service.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Tests experiments that run until their rows are precise enough. */
class AdaptiveRunsIT {

    private static final Logger log = LoggerFactory.getLogger(AdaptiveRunsIT.class);

    /**
     * Networks that stop in different rounds for different reasons. White noise has no correlation, so
     * its rows never meet the relative target.
     */
    private static final String SEVERAL_NETWORKS = """
            {"networks": [{"family": "feedforward", "width": 40, "normalization": "mean-centering", "depths": [1, 3]},
                          {"family": "resnet", "width": 40, "beta": 0.3, "depths": [2]},
                          {"family": "white-noise"}, {"family": "brown-noise"}],
             "inputs": {"type": "grid", "points": 24}, "seed": %d,
             "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation"],
             "runs": {"min": 10, "max": 87, "relativeError": 0.1, "absoluteError": 0.001, "of": "gradient-correlation"}}""";

    private static final String ONE_NETWORK = """
            {"networks": [{"family": "feedforward", "width": 64, "depths": [4]}], "seed": %d, "runs": %s,
             "inputs": {"type": "grid", "points": 32}, "statistics": ["gradient-correlation"]}""";

    @Test
    void estimateMeetsRequestedError(@TempDir Path data) {
        double target = 0.08;
        int repetitions = 100;
        String runs = "{\"min\": 20, \"max\": 5000, \"relativeError\": %s, \"of\": \"gradient-correlation\"}"
                .formatted(target);
        try (Service service = Service.start(data)) {
            double truth = singleRow(
                            service.rows(service.run(String.format(Locale.ROOT, ONE_NETWORK, 1_000_000, 5000)), ""))
                    .get("mean")
                    .asDouble();
            List<JsonNode> submitted = new ArrayList<>();
            for (int seed = 0; seed < repetitions; seed++) {
                submitted.add(service.json.readTree(service.submit(String.format(Locale.ROOT, ONE_NETWORK, seed, runs))
                        .body()));
            }
            int inside = 0;
            List<Integer> runCounts = new ArrayList<>();
            for (JsonNode experiment : submitted) {
                JsonNode end = service.await(experiment);
                JsonNode row = singleRow(items(service, end));
                assertThat(row.get("stoppedBy").asString()).isEqualTo("relativeError");
                assertThat(row.get("halfWidth").asDouble())
                        .isLessThanOrEqualTo(target * row.get("mean").asDouble());
                runCounts.add(row.get("runs").asInt());
                inside += Math.abs(row.get("mean").asDouble() - truth) <= target * truth ? 1 : 0;
            }
            log.info(
                    "{} of {} estimates are within the target, with {} runs on average, from {} to {}",
                    inside,
                    repetitions,
                    runCounts.stream().mapToInt(n -> n).average().orElseThrow(),
                    runCounts.stream().mapToInt(n -> n).min().orElseThrow(),
                    runCounts.stream().mapToInt(n -> n).max().orElseThrow());
            assertThat(inside).isGreaterThanOrEqualTo(88);
        }
    }

    @Test
    void workerCountDoesNotChangeRounds(@TempDir Path first, @TempDir Path second) {
        try (Service one = Service.start(first, "--shatterlab.worker.threads=1", "--shatterlab.queue.window=3");
                Service two = Service.start(second, "--shatterlab.worker.threads=2")) {
            JsonNode left = one.run(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3));
            JsonNode right = two.run(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3));
            assertThat(left.get("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(right.get("progress")).isEqualTo(left.get("progress"));
            assertThat(right.get("rounds")).isEqualTo(left.get("rounds"));
            assertThat(two.csv(right)).isEqualTo(one.csv(left)).hasLineCount(1 + 18 * 5);
            assertThat(items(two, right)).isEqualTo(items(one, left)).hasSize(5);

            JsonNode again = one.json.readTree(
                    one.submit(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3)).body());
            assertThat(again.get("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(again.get("rounds")).isEqualTo(left.get("rounds"));
            assertThat(again.get("progress").get("cached"))
                    .isEqualTo(left.get("progress").get("cells"));
            assertThat(one.csv(again)).isEqualTo(one.csv(left));
            assertThat(items(one, again)).isEqualTo(items(one, left));
        }
    }

    @Test
    void reportsWhereEachRowStopped(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            JsonNode end = service.run(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3));
            assertThat(end.get("rounds").asInt()).isEqualTo(5);
            List<JsonNode> rows = items(service, end);
            List<JsonNode> measured = service.rows(end, "statistic=gradient-correlation");
            int cells = 0;
            for (int i = 0; i < rows.size(); i++) {
                JsonNode row = rows.get(i);
                double mean = row.get("mean").asDouble();
                double halfWidth = row.get("halfWidth").asDouble();
                int runs = row.get("runs").asInt();
                assertThat(row.get("mean")).isEqualTo(measured.get(i).get("mean"));
                assertThat(row.get("runs")).isEqualTo(measured.get(i).get("runs"));
                assertThat(row.get("stoppedBy").asString())
                        .isEqualTo(
                                halfWidth <= 0.1 * Math.abs(mean)
                                        ? "relativeError"
                                        : halfWidth <= 0.001 ? "absoluteError" : "maxRuns");
                assertThat(runs).isIn(10, 20, 40, 80, 87);
                assertThat(row.get("stoppedBy").asString().equals("maxRuns")).isEqualTo(runs == 87);
                boolean sameNetwork =
                        i > 0 && row.get("network").equals(rows.get(i - 1).get("network"));
                cells += sameNetwork ? 0 : Math.ceilDiv(runs, 5);
            }
            assertThat(end.get("progress").get("cells").asInt()).isEqualTo(cells);
            assertThat(rows).extracting(row -> row.get("runs").asInt()).contains(10, 87);
            assertThat(service.get(self(end) + "/figures/figure-2.svg").body()).contains("10 to 87 runs");
            assertThat(singleRow(items(service, end, "?network=white-noise"))
                            .get("stoppedBy")
                            .asString())
                    .isEqualTo("maxRuns");
        }
    }

    @Test
    void pagesHoldEachRowOnce(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            JsonNode end = service.run(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3));
            List<JsonNode> paged = new ArrayList<>();
            String cursor = "";
            do {
                JsonNode page = service.json.readTree(
                        service.get(self(end) + "/stopping?limit=2" + cursor).body());
                page.get("items").forEach(paged::add);
                cursor = "&cursor=" + page.get("nextCursor").asString("");
            } while (!cursor.equals("&cursor="));
            assertThat(paged).isEqualTo(items(service, end)).hasSize(5);
            assertThat(items(service, end, "?network=feedforward&depth=2..9")).containsExactly(paged.get(1));
            assertThat(service.get(self(end) + "/stopping?statistic=gradient-variance")
                            .statusCode())
                    .isEqualTo(422);

            JsonNode fixed = service.run(String.format(Locale.ROOT, ONE_NETWORK, 1, 5));
            assertThat(fixed.has("rounds")).isFalse();
            assertThat(fixed.get("links").has("stopping")).isFalse();
            HttpResponse<String> none = service.get(self(fixed) + "/stopping");
            assertThat(none.statusCode()).isEqualTo(404);
            assertThat(none.body()).contains("The experiment has a fixed number of 5 runs");
        }
    }

    @Test
    void estimateReportsMinimumAndMaximum(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            JsonNode cost = service.json.readTree(service.post(
                            "/api/v1/experiments/estimate",
                            String.format(Locale.ROOT, SEVERAL_NETWORKS, 3).getBytes(StandardCharsets.UTF_8),
                            "application/json")
                    .body());
            JsonNode most = cost.get("atMost");
            assertThat(cost.get("runs").asInt()).isEqualTo(10);
            assertThat(cost.get("cells").asInt()).isEqualTo(4 * 2);
            assertThat(most.get("runs").asInt()).isEqualTo(87);
            assertThat(most.get("cells").asInt()).isEqualTo(4 * 18);
            assertThat(most.get("floatingPointOperations").asDouble())
                    .isCloseTo(8.7 * cost.get("floatingPointOperations").asDouble(), withinPercentage(0.1));
            service.run(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3));
            assertThat(service.queryLongs("select stored_bytes from experiment"))
                    .as("the bytes of all rounds so far")
                    .singleElement()
                    .satisfies(bytes -> assertThat(bytes)
                            .isGreaterThan(cost.get("storedBytes").asLong())
                            .isLessThanOrEqualTo(most.get("storedBytes").asLong()));
        }
    }

    /**
     * Restores the state of a process that died after a round ended and before the round was decided, for several
     * rounds.
     */
    @Test
    void resumesUndecidedRound(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            JsonNode end = service.run(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3));
            int cells = end.get("progress").get("cells").asInt();
            for (int[] left : new int[][] {{8, 0}, {14, 1}, {cells, 4}}) {
                service.execute("delete from experiment_cell where ordinal >= " + left[0]);
                service.execute(String.format(Locale.ROOT, """
                        update experiment set state = 'RUNNING', finished_at = null, next_ordinal = %1$d,
                               cells = %1$d, done = %1$d, rounds = %2$d""", left[0], left[1]));
                JsonNode again = service.await(end);
                assertThat(again.get("rounds")).isEqualTo(end.get("rounds"));
                assertThat(again.get("progress").get("cells").asInt()).isEqualTo(cells);
                assertThat(service.csv(again)).isEqualTo(service.csv(end));
                assertThat(items(service, again)).isEqualTo(items(service, end));
            }
        }
    }

    @Test
    void retryResumesCancelledRounds(@TempDir Path data) {
        String self;
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            JsonNode submitted = service.json.readTree(service.submit(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3))
                    .body());
            self = self(submitted);
            service.call("POST", self + "/cancel", "");
            JsonNode cancelled = service.await(submitted);
            assertThat(cancelled.get("state").asString()).isEqualTo("CANCELLED");
            assertThat(cancelled.get("rounds").asInt()).isZero();
        }
        try (Service service = Service.start(data)) {
            // The other experiment computes every cell, so that every round of the retried experiment finds its cells.
            JsonNode other = service.run(String.format(Locale.ROOT, SEVERAL_NETWORKS, 3));
            JsonNode retried = service.json.readTree(
                    service.call("POST", self + "/retry", "").body());
            assertThat(retried.get("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(service.csv(retried)).isEqualTo(service.csv(other));
        }
    }

    @Test
    void failedCellEndsExperimentInRound(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            JsonNode failed = service.run("""
                    {"networks": [{"label": "exploding", "family": "resnet", "width": 200, "depths": [300]},
                                  {"family": "white-noise"}],
                     "inputs": {"type": "grid", "points": 32}, "statistics": ["gradient-correlation"], "seed": 2,
                     "runs": {"min": 5, "max": 40, "absoluteError": 1e-9, "of": "gradient-correlation"}}""");
            assertThat(failed.get("state").asString()).isEqualTo("FAILED");
            assertThat(failed.get("rounds").asInt()).isZero();
            assertThat(failed.get("progress").get("cells").asInt()).isEqualTo(2);
            assertThat(singleRow(items(service, failed)).get("stoppedBy").isNull())
                    .isTrue();
        }
    }

    private static String self(JsonNode experiment) {
        return experiment.get("links").get("self").asString();
    }

    private static JsonNode singleRow(List<JsonNode> rows) {
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static List<JsonNode> items(Service service, JsonNode experiment) {
        return items(service, experiment, "");
    }

    private static List<JsonNode> items(Service service, JsonNode experiment, String query) {
        HttpResponse<String> response =
                service.get(experiment.get("links").get("stopping").asString() + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<JsonNode> items = new ArrayList<>();
        service.json.readTree(response.body()).get("items").forEach(items::add);
        return items;
    }
}
