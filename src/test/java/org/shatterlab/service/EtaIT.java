package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What is said to be left of an experiment is left, within a factor of two, once a tenth of its work is done. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtaIT {

    private static final Logger LOG = LoggerFactory.getLogger(EtaIT.class);
    private static final List<Double> MOMENTS = List.of(0.1, 0.25, 0.5);
    private static final double FACTOR = 2;

    private static final String FIGURE = """
            {"preset": "figure-2", "runs": %d, "seed": %d}""";

    /** Cells of which the most expensive takes hundreds of times as long as the cheapest. */
    private static final String MIXED = """
            {"networks": [{"label": "small", "family": "feedforward", "width": 50, "depths": [10]},
                          {"label": "deep", "family": "feedforward", "width": 50, "depths": [100]},
                          {"label": "wide", "family": "feedforward", "width": 400, "depths": [10]},
                          {"label": "large", "family": "feedforward", "width": 400, "depths": [100]}],
             "inputs": {"type": "grid", "points": 128}, "statistics": ["gradient-variance", "gradient-correlation"],
             "runs": %d, "seed": %d}""";

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    /** What was said, and when. */
    private record Said(Instant at, double seconds) {}

    private JsonNode submit(String body) {
        return service.json.readTree(service.submit(body).body());
    }

    /** Follows some experiments to their ends, and gives for each how many times too long what was said is, by moment. */
    private Map<String, Map<Double, Double>> follow(Map<String, JsonNode> experiments) {
        Map<String, Map<Double, Said>> said = new HashMap<>();
        Map<String, JsonNode> ended = new HashMap<>();
        while (ended.size() < experiments.size()) {
            experiments.forEach((name, submitted) -> {
                JsonNode now = service.json.readTree(
                        service.get(submitted.get("links").get("self").asString())
                                .body());
                JsonNode eta = now.get("progress").get("etaSeconds");
                double fraction = now.get("progress").get("fraction").asDouble();
                MOMENTS.stream()
                        .filter(moment -> fraction >= moment && !eta.isNull())
                        .forEach(moment -> said.computeIfAbsent(name, _ -> new HashMap<>())
                                .computeIfAbsent(moment, _ -> new Said(Instant.now(), eta.asDouble())));
                if (!now.get("finishedAt").isNull()) {
                    ended.put(name, now);
                }
            });
            Service.sleep();
        }
        Map<String, Map<Double, Double>> errors = new HashMap<>();
        said.forEach((name, moments) -> {
            Instant end = Instant.parse(ended.get(name).get("finishedAt").asString());
            Instant start = Instant.parse(ended.get(name).get("startedAt").asString());
            moments.forEach((moment, then) -> {
                double left = Duration.between(then.at(), end).toMillis() / 1000.0;
                LOG.info(
                        "{} ({} s), at {} of the cells: {} s were said to be left, {} s were",
                        name,
                        Duration.between(start, end).toSeconds(),
                        moment,
                        "%.1f".formatted(then.seconds()),
                        "%.1f".formatted(left));
                errors.computeIfAbsent(name, _ -> new HashMap<>()).put(moment, then.seconds() / left);
            });
        });
        return errors;
    }

    private static void assertRight(Map<Double, Double> errors) {
        assertThat(errors).containsOnlyKeys(MOMENTS);
        assertThat(errors.values()).allSatisfy(error -> assertThat(error).isBetween(1 / FACTOR, FACTOR));
    }

    @Test
    void ofAFigureWithTheEngineCold() {
        assertRight(follow(Map.of("a", submit(FIGURE.formatted(300, 1)))).get("a"));
    }

    @Test
    void ofCellsOfManySizes() {
        assertRight(follow(Map.of("a", submit(MIXED.formatted(100, 2)))).get("a"));
    }
}
