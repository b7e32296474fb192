package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Compares the results of the API with exact theory and with values from another program. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScienceIT {

    private static final int WIDTH = 400;

    private static final String NETWORKS = """
            [{"label": "feedforward none", "family": "feedforward", "width": 400, "depths": [1, 10]},
             {"label": "feedforward centred", "family": "feedforward", "width": 400,
              "normalization": "mean-centering", "depths": [4, 10]},
             {"label": "resnet none", "family": "resnet", "width": 400, "depths": [10]},
             {"label": "resnet centred", "family": "resnet", "width": 400,
              "normalization": "mean-centering", "depths": [10]},
             {"label": "highway", "family": "highway", "width": 400, "gamma2": "1/sqrt(depth)", "depths": [24]}]""";

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    /**
     * Reference values that were measured once with NumPy in 60 runs, with the errors of that measurement. The
     * correlation is the mean of the off-diagonal elements of R.
     */
    private record ReferenceValues(
            String network,
            int depth,
            double variance,
            double varianceError,
            double correlation,
            double correlationError,
            double neighbour) {}

    private static final List<ReferenceValues> REFERENCE_VALUES = List.of(
            new ReferenceValues("feedforward none", 1, 1.004, 0.011, 0.567, 0.005, 0.9846),
            new ReferenceValues("feedforward none", 10, 1.04, 0.034, 0.080, 0.002, 0.871),
            new ReferenceValues("feedforward centred", 4, 1.011, 0.014, 0.105, 0.002, 0.8585),
            new ReferenceValues("feedforward centred", 10, 1.015, 0.015, 0.0005, 0.0004, 0.346),
            new ReferenceValues("resnet none", 10, 1059, 28, 0.211, 0.003, 0.930),
            new ReferenceValues("resnet centred", 10, 1053, 17, 0.088, 0.001, 0.790),
            new ReferenceValues("highway", 24, 1.03, 0.016, 0.678, 0.002, 0.985));

    @Test
    void matchesReferenceValues() {
        JsonNode experiment = service.run("""
                {"networks": %s, "inputs": {"type": "grid", "points": 64}, "runs": 100, "seed": 4,
                 "statistics": ["gradient-variance", "gradient-correlation", "correlation", "covariance"]}""".formatted(NETWORKS));
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        for (ReferenceValues check : REFERENCE_VALUES) {
            JsonNode variance = row(experiment, check.network(), check.depth(), "gradient-variance");
            JsonNode correlation = row(experiment, check.network(), check.depth(), "gradient-correlation");
            assertAgreesWithTheory(variance, check.depth());
            assertAgreesWithTheory(correlation, check.depth());
            assertThat(variance.get("mean").asDouble())
                    .as("variance of %s", check)
                    .isCloseTo(check.variance(), within(4 * Math.hypot(check.varianceError(), error(variance))));

            JsonNode matrix = matrix(experiment, check, "correlation");
            assertThat(meanOffDiagonal(matrix))
                    .as("mean of off-diagonal R of %s", check)
                    .isCloseTo(
                            check.correlation(),
                            within(4 * Math.hypot(check.correlationError(), error(correlation)) + 0.002));
            assertThat(neighbour(matrix(experiment, check, "covariance")))
                    .as("C(i,i+1)/C(i,i) of %s", check)
                    .isCloseTo(check.neighbour(), within(4 * check.correlationError() + 0.01));
        }
    }

    @Test
    void independentInputsMatchTheory() {
        JsonNode experiment = service.run("""
                {"networks": [
                   {"label": "feedforward none", "family": "feedforward", "width": 400, "depths": [1, 2, 4]},
                   {"label": "feedforward centred", "family": "feedforward", "width": 400,
                    "normalization": "mean-centering", "depths": [1, 2, 4, 8]},
                   {"label": "highway", "family": "highway", "width": 400, "gamma2": "1/sqrt(depth)", "depths": [24]},
                   {"label": "resnet none", "family": "resnet", "width": 400, "depths": [1, 2, 4]}],
                 "inputs": {"type": "gaussian", "points": 64, "dimension": 200},
                 "statistics": ["gradient-variance", "gradient-correlation"], "runs": 100, "seed": 5}""");
        List<JsonNode> rows = service.rows(experiment, "");
        assertThat(rows).hasSize(22);
        rows.forEach(row -> assertAgreesWithTheory(row, row.get("depth").asInt()));
        JsonNode highway = row(experiment, "highway", 24, "gradient-correlation");
        JsonNode predictions = highway.get("predictions");
        assertThat(predictions.get("infiniteWidth").asDouble()).isCloseTo(0.630, within(0.005));
        assertThat(predictions.get("paper").asDouble()).isCloseTo(0.6033, within(5e-5));
        // The measured value is nearer to the exact theory than to the formula of the paper.
        assertThat(highway.get("mean").asDouble()).isCloseTo(0.630, within(0.012));
    }

    @Test
    void batchNormMatchesLargeBatchLimit() {
        JsonNode experiment = service.run("""
                {"networks": [{"label": "resnet", "family": "resnet", "width": 400, "normalization": "batch-norm",
                               "beta": 0.5, "depths": [1, 4]}],
                 "inputs": {"type": "gaussian", "points": 1024, "dimension": 400},
                 "statistics": ["gradient-variance", "gradient-correlation"], "runs": 100, "seed": 6}""");
        for (JsonNode row : service.rows(experiment, "")) {
            double theory = row.get("predictions").get("infiniteWidth").asDouble();
            assertThat(row.get("mean").asDouble())
                    .as(row.toString())
                    .isCloseTo(theory, within(4 * error(row) + (4.0 * 4 / WIDTH + 0.02) * theory));
        }
    }

    @Test
    void figureTwoMatchesPaper() {
        JsonNode experiment = service.run("{\"preset\": \"figure-2\"}");
        double feedforward = autocorrelation(experiment, "feedforward", "&depth=50", 1);
        double resnet1 = autocorrelation(experiment, "resnet beta 1", "&depth=50", 1);
        double resnet01 = autocorrelation(experiment, "resnet beta 0.1", "&depth=50", 1);
        double brown = autocorrelation(experiment, "brown noise", "", 1);
        double white = autocorrelation(experiment, "white noise", "", 1);
        assertThat(List.of(feedforward, white))
                .allSatisfy(value -> assertThat(value).isCloseTo(0, within(0.08)));
        assertThat(resnet1).isGreaterThan(feedforward + 0.4);
        assertThat(resnet01).isGreaterThan(resnet1 + 0.1);
        assertThat(brown).isGreaterThan(resnet01).isCloseTo(resnet01, within(0.12));
        assertThat(autocorrelation(experiment, "resnet beta 0.1", "&depth=50", 5))
                .isGreaterThan(autocorrelation(experiment, "resnet beta 1", "&depth=50", 5) + 0.2);
    }

    @Test
    void everyRowHasPredictionsOrReason() {
        JsonNode experiment = service.run("""
                {"preset": "figure-2", "runs": 5, "depths": [1, 3],
                 "networks": [{"family": "feedforward"}, {"family": "resnet", "normalization": "batch-norm", "beta": 0.3},
                              {"family": "highway", "gamma2": 0.4, "normalization": "mean-centering"},
                              {"family": "white-noise"}, {"family": "brown-noise"}]}""");
        List<JsonNode> rows = service.rows(experiment, "");
        assertThat(rows).hasSize((3 * 2 + 2) * (16 + 2));
        assertThat(rows).allSatisfy(row -> {
            JsonNode predictions = row.get("predictions");
            boolean complete = List.of("paper", "derived", "infiniteWidth").stream()
                    .noneMatch(name -> predictions.get(name).isNull());
            assertThat(predictions.get("note").isNull()).as(row.toString()).isEqualTo(complete);
        });
        assertThat(rows.stream()
                        .filter(row -> row.get("network").asString().equals("feedforward"))
                        .filter(row -> !row.get("statistic").asString().equals("autocorrelation")))
                .hasSize(4)
                .allSatisfy(row ->
                        assertThat(row.get("predictions").get("note").isNull()).isTrue());
    }

    private void assertAgreesWithTheory(JsonNode row, int depth) {
        double theory = row.get("predictions").get("infiniteWidth").asDouble();
        assertThat(row.get("mean").asDouble())
                .as(row.toString())
                .isCloseTo(theory, within(4 * error(row) + 4.0 * depth / WIDTH * Math.abs(theory) + 0.002));
    }

    private static double error(JsonNode row) {
        return row.get("standardError").asDouble();
    }

    private JsonNode row(JsonNode experiment, String network, int depth, String statistic) {
        List<JsonNode> rows = service.rows(
                experiment, "network=" + network.replace(" ", "%20") + "&depth=" + depth + "&statistic=" + statistic);
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private double autocorrelation(JsonNode experiment, String network, String depth, int lag) {
        return service.rows(experiment, "statistic=autocorrelation&network=" + network.replace(" ", "%20") + depth)
                .get(lag)
                .get("mean")
                .asDouble();
    }

    private JsonNode matrix(JsonNode experiment, ReferenceValues check, String name) {
        return service.json
                .readTree(service.get(experiment.get("links").get("self").asString() + "/matrices/"
                                + check.network().replace(" ", "%20") + "/" + check.depth() + "/" + name)
                        .body())
                .get("values");
    }

    private static double meanOffDiagonal(JsonNode matrix) {
        double sum = 0;
        for (int i = 0; i < matrix.size(); i++) {
            for (int j = 0; j < matrix.size(); j++) {
                sum += i == j ? 0 : matrix.get(i).get(j).asDouble();
            }
        }
        return sum / matrix.size() / (matrix.size() - 1);
    }

    private static double neighbour(JsonNode matrix) {
        double sum = 0;
        for (int i = 0; i + 1 < matrix.size(); i++) {
            sum += matrix.get(i).get(i + 1).asDouble() / matrix.get(i).get(i).asDouble();
        }
        return sum / (matrix.size() - 1);
    }
}
