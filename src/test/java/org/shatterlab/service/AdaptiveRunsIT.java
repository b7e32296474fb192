package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Experiments that run until their rows are as precise as asked. */
class AdaptiveRunsIT {

    private static final Logger LOG = LoggerFactory.getLogger(AdaptiveRunsIT.class);

    /** Networks that stop in different rounds for different reasons: noise has no correlation to be relative to. */
    private static final String SEVERAL = """
            {"networks": [{"family": "feedforward", "width": 40, "normalization": "mean-centering", "depths": [1, 3]},
                          {"family": "resnet", "width": 40, "beta": 0.3, "depths": [2]},
                          {"family": "white-noise"}, {"family": "brown-noise"}],
             "inputs": {"type": "grid", "points": 24}, "seed": %d,
             "statistics": ["gradient-variance", "gradient-correlation"],
             "runs": {"min": 10, "max": 87, "relativeError": 0.1, "absoluteError": 0.001, "of": "gradient-correlation"}}""";

    private static final String ONE = """
            {"networks": [{"family": "feedforward", "width": 64, "depths": [4]}], "seed": %d, "runs": %s,
             "inputs": {"type": "grid", "points": 32}, "statistics": ["gradient-correlation"]}""";

    @Test
    void theEstimateIsWithinTheErrorThatWasAskedFor(@TempDir Path data) {
        double asked = 0.05;
        int repetitions = 100;
        String runs = "{\"min\": 20, \"max\": 5000, \"relativeError\": %s, \"of\": \"gradient-correlation\"}"
                .formatted(asked);
        try (Service service = Service.start(data)) {
            double truth = only(service.rows(service.run(ONE.formatted(1_000_000, 5000)), ""))
                    .get("mean")
                    .asDouble();
            List<JsonNode> submitted = new ArrayList<>();
            for (int seed = 0; seed < repetitions; seed++) {
                submitted.add(service.json.readTree(
                        service.submit(ONE.formatted(seed, runs)).body()));
            }
            int inside = 0;
            List<Integer> taken = new ArrayList<>();
            for (JsonNode experiment : submitted) {
                JsonNode end = service.await(experiment);
                JsonNode row = only(items(service, end));
                assertThat(row.get("stoppedBy").asString()).isEqualTo("relativeError");
                assertThat(row.get("halfWidth").asDouble())
                        .isLessThanOrEqualTo(asked * row.get("mean").asDouble());
                taken.add(row.get("runs").asInt());
                inside += Math.abs(row.get("mean").asDouble() - truth) <= asked * truth ? 1 : 0;
            }
            LOG.info(
                    "inside {} of {} times, with {} runs on average, from {} to {}",
                    inside,
                    repetitions,
                    taken.stream().mapToInt(n -> n).average().orElseThrow(),
                    taken.stream().mapToInt(n -> n).min().orElseThrow(),
                    taken.stream().mapToInt(n -> n).max().orElseThrow());
            assertThat(inside).isGreaterThanOrEqualTo(88);
        }
    }

    @Test
    void oneWorkerAndTwoStopAtTheSameRunsWithTheSameBits(@TempDir Path first, @TempDir Path second) {
        try (Service one = Service.start(first, "--shatterlab.worker.threads=1", "--shatterlab.queue.window=3");
                Service two = Service.start(second, "--shatterlab.worker.threads=2")) {
            JsonNode left = one.run(SEVERAL.formatted(3));
            JsonNode right = two.run(SEVERAL.formatted(3));
            assertThat(left.get("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(right.get("progress")).isEqualTo(left.get("progress"));
            assertThat(right.get("rounds")).isEqualTo(left.get("rounds"));
            assertThat(two.csv(right)).isEqualTo(one.csv(left)).hasLineCount(1 + 2 * 5);
            assertThat(items(two, right)).isEqualTo(items(one, left)).hasSize(5);

            JsonNode again = one.json.readTree(one.submit(SEVERAL.formatted(3)).body());
            assertThat(again.get("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(again.get("rounds")).isEqualTo(left.get("rounds"));
            assertThat(again.get("progress").get("cached"))
                    .isEqualTo(left.get("progress").get("cells"));
            assertThat(one.csv(again)).isEqualTo(one.csv(left));
            assertThat(items(one, again)).isEqualTo(items(one, left));
        }
    }

    @Test
    void everyRowSaysWhereItStoppedAndWhy(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            JsonNode end = service.run(SEVERAL.formatted(3));
            assertThat(end.get("rounds").asInt()).isEqualTo(5);
            List<JsonNode> rows = items(service, end);
            rows.forEach(row -> LOG.info("{}", row));
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
            assertThat(only(items(service, end, "?network=white-noise"))
                            .get("stoppedBy")
                            .asString())
                    .isEqualTo("maxRuns");
        }
    }

    private static JsonNode only(List<JsonNode> rows) {
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
