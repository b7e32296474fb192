package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What is said to be left of an experiment is left, within a factor of two, once a tenth of its work is done. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EtaIT {

    private static final Logger LOG = LoggerFactory.getLogger(EtaIT.class);
    private static final List<Double> MOMENTS = List.of(0.1, 0.25, 0.5);
    private static final double FACTOR = 2;

    private static final String FIGURE = """
            {"name": "%s", "preset": "figure-2", "runs": %d, "seed": %d}""";

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    /** What was said at a moment of an experiment. */
    private record Said(JsonNode experiment, double moment, Instant at, double seconds) {

        /** How many times too long it is, once the experiment has ended. */
        double error(JsonNode ended) {
            Instant end = Instant.parse(ended.get("finishedAt").asString());
            double left = Duration.between(at, end).toMillis() / 1000.0;
            LOG.info(
                    "{}, {} s, at {} of the cells: {} s were said to be left, {} s were",
                    ended.get("name").asString(),
                    Duration.between(Instant.parse(ended.get("startedAt").asString()), end)
                            .toSeconds(),
                    moment,
                    "%.1f".formatted(seconds),
                    "%.1f".formatted(left));
            return seconds / left;
        }
    }

    /** Measures experiments at the same time, and gives the error of each at every moment. */
    private List<Double> errors(String... bodies) {
        List<JsonNode> submitted = Stream.of(bodies)
                .map(body -> service.json.readTree(service.submit(body).body()))
                .toList();
        List<Said> said = new ArrayList<>();
        for (double moment : MOMENTS) {
            submitted.forEach(experiment -> said.add(at(experiment, moment)));
        }
        return said.stream()
                .map(then -> then.error(service.await(then.experiment())))
                .toList();
    }

    private Said at(JsonNode experiment, double moment) {
        JsonNode progress;
        do {
            Service.sleep();
            progress = service.json
                    .readTree(service.get(experiment.get("links").get("self").asString())
                            .body())
                    .get("progress");
        } while (progress.get("fraction").asDouble() < moment);
        return new Said(
                experiment, moment, Instant.now(), progress.get("etaSeconds").asDouble());
    }

    private static void assertRight(List<Double> errors) {
        assertThat(errors).allSatisfy(error -> assertThat(error).isBetween(1 / FACTOR, FACTOR));
    }

    @Test
    @Order(1)
    void ofAFigureWhileTheEngineIsCold() {
        assertRight(errors(FIGURE.formatted("cold", 200, 1)));
    }

    @Test
    void ofAFigure() {
        assertRight(errors(FIGURE.formatted("warm", 200, 2)));
    }

    /** The most expensive takes hundreds of times as long as the cheapest. */
    @Test
    void ofCellsOfManySizes() {
        assertRight(errors("""
            {"name": "mixed",
             "networks": [{"label": "small", "family": "feedforward", "width": 50, "depths": [10]},
                          {"label": "deep", "family": "feedforward", "width": 50, "depths": [100]},
                          {"label": "wide", "family": "feedforward", "width": 400, "depths": [10]},
                          {"label": "large", "family": "feedforward", "width": 400, "depths": [100]}],
             "inputs": {"type": "grid", "points": 128}, "statistics": ["gradient-variance", "gradient-correlation"],
             "runs": 100, "seed": 3}"""));
    }

    @Test
    void ofTwoAtOnce() {
        assertRight(errors(FIGURE.formatted("one of two", 150, 4), FIGURE.formatted("two of two", 150, 5)));
    }
}
