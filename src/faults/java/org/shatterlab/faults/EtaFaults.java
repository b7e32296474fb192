package org.shatterlab.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/** What is said to be left of an experiment is left, within a factor of two, once a tenth of its work is done. */
@ExtendWith(FaultSuite.class)
@DisabledIfSystemProperty(
        named = "faults.short",
        matches = "true",
        disabledReason = "the short form runs on machines that do something else meanwhile")
class EtaFaults {

    private static final List<Double> MOMENTS = List.of(0.1, 0.25, 0.5);

    private static final double FACTOR = 2;
    private static final String FIGURE = """
            {"name": "%s", "preset": "figure-2", "runs": %d, "seed": %d}""";

    /** The most expensive cell takes hundreds of times as long as the cheapest. */
    private static final String MIXED = """
            {"name": "mixed",
             "networks": [{"label": "small", "family": "feedforward", "width": 50, "depths": [10]},
                          {"label": "deep", "family": "feedforward", "width": 50, "depths": [100]},
                          {"label": "wide", "family": "feedforward", "width": 400, "depths": [10]},
                          {"label": "large", "family": "feedforward", "width": 400, "depths": [100]}],
             "inputs": {"type": "grid", "points": 128}, "statistics": ["gradient-variance", "gradient-correlation"],
             "runs": 100, "seed": 3}""";

    @Test
    @DisplayName("the time that is said to be left")
    void eta(FaultScenario trial) {
        ServiceNode both =
                trial.start(trial.database(), "api,worker", List.of("-Xmx1g")).awaitReady();
        measure(trial, both, FIGURE.formatted("cold", 200, 1));
        measure(trial, both, FIGURE.formatted("warm", 200, 2));
        measure(trial, both, MIXED);
        measure(trial, both, FIGURE.formatted("one of two", 150, 4), FIGURE.formatted("two of two", 150, 5));
    }

    /** What was said at a moment of an experiment, in seconds. */
    private record Said(JsonNode experiment, double moment, Instant at, double seconds) {}

    /** Measures experiments at the same time. */
    private static void measure(FaultScenario trial, ServiceNode node, String... bodies) {
        List<JsonNode> submitted =
                Stream.of(bodies).map(body -> FaultScenario.submit(node, body)).toList();
        List<Said> said = new ArrayList<>();
        for (double moment : MOMENTS) {
            submitted.forEach(experiment -> said.add(at(node, experiment, moment)));
        }
        for (Said then : said) {
            JsonNode ended = node.client().await(then.experiment());
            Instant end = Instant.parse(ended.get("finishedAt").asString());
            double left = Duration.between(then.at(), end).toMillis() / 1e3;
            double error = then.seconds() / left;
            trial.line(
                    String.format(
                            Locale.ROOT,
                            "%s, at %.0f%% of the cells: %.1f s said, %.1f s true",
                            ended.get("name").asString(),
                            100 * then.moment(),
                            then.seconds(),
                            left),
                    "within a factor of 2",
                    error >= 1 / FACTOR && error <= FACTOR);
        }
    }

    private static Said at(ServiceNode node, JsonNode experiment, double moment) {
        JsonNode progress = FaultScenario.read(node, experiment).get("progress");
        while (progress.get("fraction").asDouble() < moment) {
            Service.sleep();
            progress = FaultScenario.read(node, experiment).get("progress");
        }
        return new Said(
                experiment, moment, Instant.now(), progress.get("etaSeconds").asDouble());
    }
}
