package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests results whose squares leave the range of double. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NumberRangeIT {

    private Service service;
    private JsonNode experiment;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
        experiment = service.run("""
            {"networks": [{"label": "large", "family": "resnet", "width": 60, "normalization": "none", "beta": 1,
                           "depths": [500, 600]},
                          {"label": "wider", "family": "resnet", "width": 80, "normalization": "none", "beta": 1,
                           "depths": [600]},
                          {"label": "small", "family": "feedforward", "width": 200, "normalization": "mean-centering",
                           "initialization": "xavier", "depths": [600]},
                          {"label": "huge beta", "family": "resnet", "width": 20, "normalization": "none", "beta": 1e40,
                           "depths": [2, 3]}],
             "precision": "float64", "inputs": {"type": "grid", "points": 32}, "seed": 7, "runs": 12,
             "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "spectral-exponent", "gradient",
                            "outer-product", "covariance", "correlation"]}""");
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private String address(String rest) {
        return experiment.get("links").get("self").asString() + rest;
    }

    private String get(String path, String... headers) {
        HttpResponse<String> response = service.get(path, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).doesNotContain("Infinity").doesNotContain("NaN");
        return response.body();
    }

    @Test
    void variancesBeyondSquaresHaveErrors() {
        List<JsonNode> rows = service.rows(experiment, "statistic=gradient-variance");
        assertThat(rows).hasSize(6).allSatisfy(row -> {
            double deviation = row.get("standardDeviation").asDouble();
            assertThat(deviation).isPositive().isFinite();
            assertThat(row.get("standardError").asDouble())
                    .isCloseTo(deviation / Math.sqrt(12), withinPercentage(1e-9));
            // The coefficient of variation of twelve positive numbers is at most the root of twelve.
            assertThat(deviation / row.get("mean").asDouble()).isBetween(1e-3, Math.sqrt(12.01));
        });
        assertThat(rows.getFirst().get("mean").asDouble()).isGreaterThan(1e130);
        assertThat(rows)
                .anySatisfy(row -> assertThat(row.get("mean").asDouble()).isLessThan(1e-154));
        assertThat(rows)
                .anySatisfy(row -> assertThat(row.get("mean").asDouble()).isGreaterThan(1e170));
    }

    @Test
    void correlationsBeyondSquaresHaveErrors() {
        assertThat(service.rows(experiment, "statistic=gradient-correlation"))
                .hasSize(6)
                .allSatisfy(row -> {
                    assertThat(row.get("mean").asDouble()).isBetween(-0.1, 1.0);
                    assertThat(row.get("standardError").asDouble()).isBetween(1e-8, 1.0);
                });
    }

    @Test
    void csvHoldsNumbersOnly() {
        assertThat(get(experiment.get("links").get("results").asString(), "Accept", "text/csv"))
                .hasLineCount(1 + 6 * 19);
    }

    @Test
    void comparesVariancesBeyondSquares() {
        String id = experiment.get("id").asString();
        String path = "/api/v1/comparisons?statistic=gradient-variance&left=" + id + "/large&right=" + id + "/wider";
        JsonNode item = service.json.readTree(get(path)).get("items").get(0);
        assertThat(item.get("pValue").asDouble()).isBetween(1e-6, 1.0);
        assertThat(item.get("upper").asDouble() - item.get("lower").asDouble()).isGreaterThan(1e160);
        assertThat(item.get("note").isNull()).isTrue();
        get(path, "Accept", "text/csv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"theorem-1", "theorem-2", "figure-1", "figure-2"})
    void drawsFigures(String figure) {
        assertThat(get(address("/figures/" + figure + ".svg"))).contains("<svg");
    }

    @ParameterizedTest
    @ValueSource(strings = {"large/600", "small/600", "huge%20beta/2", "huge%20beta/3"})
    void correlationsHaveUnitDiagonal(String network) {
        JsonNode values = service.json
                .readTree(get(address("/matrices/" + network + "/correlation")))
                .get("values");
        assertThat(values.size()).isEqualTo(32);
        for (int i = 0; i < 32; i++) {
            assertThat(values.get(i).get(i).asDouble()).isEqualTo(1);
            for (int j = 0; j < 32; j++) {
                assertThat(values.get(i).get(j).asDouble()).isBetween(-1 - 1e-12, 1 + 1e-12);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"covariance", "correlation", "outer-product"})
    void servesMatrices(String statistic) {
        for (String network : List.of("large/600", "small/600", "huge%20beta/3")) {
            String path = address("/matrices/" + network + "/" + statistic);
            assertThat(service.json
                            .readTree(get(path))
                            .get("values")
                            .get(3)
                            .get(4)
                            .isNumber())
                    .isTrue();
            assertThat(service.getBytes(path, "image/png").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void adaptiveRunsStopAtTheirTarget() {
        JsonNode adaptive = service.run("""
                {"networks": [{"family": "resnet", "width": 100, "normalization": "none", "beta": 1, "depths": [600]}],
                 "precision": "float64", "inputs": {"type": "grid", "points": 16}, "seed": 1,
                 "statistics": ["gradient-variance", "gradient-correlation"],
                 "runs": {"min": 5, "max": 40, "relativeError": 0.5, "of": "gradient-correlation"}}""");
        assertThat(adaptive.get("state").asString()).isEqualTo("SUCCEEDED");
        JsonNode row = service.json
                .readTree(get(adaptive.get("links").get("self").asString() + "/stopping"))
                .get("items")
                .get(0);
        assertThat(row.get("halfWidth").asDouble()).isPositive();
        double target = 0.5 * Math.abs(row.get("mean").asDouble());
        boolean isPrecise = row.get("halfWidth").asDouble() <= target;
        assertThat(row.get("stoppedBy").asString()).isEqualTo(isPrecise ? "relativeError" : "maxRuns");
    }

    /** An earlier version stored the sums of squares of such cells as infinity. */
    @Test
    void explainsErrorsThatOverflowedEarlier() {
        JsonNode earlier = service.run("""
                {"networks": [{"label": "n", "family": "resnet", "width": 10, "normalization": "none", "beta": 1},
                              {"label": "m", "family": "resnet", "width": 11, "normalization": "none", "beta": 1}],
                 "depths": [1, 2], "precision": "float64", "inputs": {"type": "grid", "points": 16}, "runs": 6, "seed": 2,
                 "statistics": ["gradient-variance", "gradient-correlation"]}""");
        service.execute("""
                update cell_row set m2 = 'Infinity', m2_denominator = m2_denominator * 'Infinity'::float8,
                    co_moment = co_moment * 'NaN'::float8
                where count = 5 and depth = 2 and fingerprint in
                    (select fingerprint from experiment_cell where experiment_id = '%s')""".formatted(earlier.get("id").asString()));
        assertThat(service.rows(earlier, "depth=2")).hasSize(4).allSatisfy(row -> {
            assertThat(row.get("mean").isNumber()).isTrue();
            assertThat(row.get("standardDeviation").isNull()).isTrue();
            assertThat(row.get("standardError").isNull()).isTrue();
            assertThat(row.get("predictions").get("note").asString()).contains("standardError: ");
        });
        assertThat(service.rows(earlier, "depth=1"))
                .allSatisfy(
                        row -> assertThat(row.get("standardError").isNumber()).isTrue());
        get(earlier.get("links").get("results").asString(), "Accept", "text/csv");
        assertThat(get(earlier.get("links").get("self").asString() + "/figures/theorem-2.svg"))
                .contains("<svg");
        String id = earlier.get("id").asString();
        String comparison = get("/api/v1/comparisons?statistic=gradient-variance&left=" + id + "/n&right=" + id + "/m");
        assertThat(service.json
                        .readTree(comparison)
                        .get("items")
                        .get(1)
                        .get("note")
                        .asString())
                .contains("standard error is too large");
    }

    @Test
    void numpyFilesHoldAllNumbers() {
        byte[] file = service.getBytes(address("/matrices/large/600/covariance"), "application/x-npy")
                .body();
        assertThat(new String(file, 0, 128, StandardCharsets.ISO_8859_1)).contains("'shape': (32, 32)");
        assertThat(file).hasSize(128 + 32 * 32 * 8);
    }
}
