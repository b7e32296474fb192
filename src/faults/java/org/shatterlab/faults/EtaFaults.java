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

/** Tests that the predicted remaining time is right within a factor of two, once a tenth of the cells are finished. */
@ExtendWith(FaultSuite.class)
@DisabledIfSystemProperty(
        named = "faults.short",
        matches = "true",
        disabledReason = "The short form runs on machines with other load.")
class EtaFaults {

    private static final List<Double> FRACTIONS = List.of(0.1, 0.25, 0.5);

    private static final double MAX_FACTOR = 2;
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
    @DisplayName("the predicted remaining time")
    void predictsRemainingTime(FaultScenario scenario) {
        ServiceNode both = scenario.start(scenario.database(), "api,worker", List.of("-Xmx1g"))
                .awaitReady();
        measure(scenario, both, String.format(Locale.ROOT, FIGURE, "cold", 200, 1));
        measure(scenario, both, String.format(Locale.ROOT, FIGURE, "warm", 200, 2));
        measure(scenario, both, MIXED);
        measure(
                scenario,
                both,
                String.format(Locale.ROOT, FIGURE, "one of two", 150, 4),
                String.format(Locale.ROOT, FIGURE, "two of two", 150, 5));
    }

    /**
     * A prediction of the remaining time.
     *
     * @param fraction finished fraction of the cells
     * @param at time of the prediction
     * @param seconds predicted remaining time in seconds
     */
    private record EtaPrediction(JsonNode experiment, double fraction, Instant at, double seconds) {}

    /** Submits experiments at the same time and reports their predictions. */
    private static void measure(FaultScenario scenario, ServiceNode node, String... bodies) {
        List<JsonNode> submitted =
                Stream.of(bodies).map(body -> FaultScenario.submit(node, body)).toList();
        List<EtaPrediction> predictions = new ArrayList<>();
        for (double fraction : FRACTIONS) {
            submitted.forEach(experiment -> predictions.add(predictionAt(node, experiment, fraction)));
        }
        for (EtaPrediction prediction : predictions) {
            JsonNode ended = node.client().await(prediction.experiment());
            Instant end = Instant.parse(ended.get("finishedAt").asString());
            double actual = Duration.between(prediction.at(), end).toMillis() / 1e3;
            double error = prediction.seconds() / actual;
            scenario.report(
                    String.format(
                            Locale.ROOT,
                            "%s, at %.0f%% of the cells: %.1f s predicted, %.1f s actual",
                            ended.get("name").asString(),
                            100 * prediction.fraction(),
                            prediction.seconds(),
                            actual),
                    "within a factor of 2",
                    error >= 1 / MAX_FACTOR && error <= MAX_FACTOR);
        }
    }

    /** Waits until a fraction of the cells is finished and returns the prediction of this moment. */
    private static EtaPrediction predictionAt(ServiceNode node, JsonNode experiment, double fraction) {
        JsonNode progress = FaultScenario.read(node, experiment).get("progress");
        while (progress.get("fraction").asDouble() < fraction) {
            Service.sleep();
            progress = FaultScenario.read(node, experiment).get("progress");
        }
        return new EtaPrediction(
                experiment, fraction, Instant.now(), progress.get("etaSeconds").asDouble());
    }
}
