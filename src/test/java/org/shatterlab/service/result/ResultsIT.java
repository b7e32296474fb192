package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests reads of the results of one experiment. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResultsIT {

    private static final String ODD_LABEL = " a\\b, c%;?ü ";

    private Service service;
    private JsonNode experiment;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
        experiment = service.run("""
                {"networks": [{"label": "plain", "family": "feedforward", "width": 10},
                              {"label": "%s", "family": "resnet", "width": 10},
                              {"label": "noise", "family": "white-noise"}],
                 "depths": [1, 2, 3, 5, 8], "inputs": {"type": "grid", "points": 40}, "runs": 7, "seed": 3,
                 "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "gradient"]}""".formatted(ODD_LABEL.replace("\\", "\\\\")));
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private String address(String rest) {
        return experiment.get("links").get("self").asString() + rest;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void pagesHoldRowsOfCsv() {
        List<JsonNode> rows = service.rows(experiment, "");
        assertThat(rows).hasSize((5 * 2 + 1) * 18).doesNotHaveDuplicates();
        assertThat(service.csv(experiment)).hasLineCount(1 + rows.size());
        assertThat(rows).allSatisfy(row -> assertThat(row.get("runs").asInt()).isEqualTo(7));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    depth=5                                         | 36
                    depth=1,8                                       | 72
                    depth=2..5                                      | 108
                    depth=5,2..3,3,4..5                             | 108
                    depth=2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34 | 72
                    depth=2..3,8&network=plain                      | 54
                    statistic=gradient-variance                     | 11
                    statistic=gradient-variance&network=noise       | 1
                    statistic=gradient-variance&statistic=gradient-correlation | 22
                    """)
    void filtersSelectRows(String query, int rows) {
        assertThat(service.rows(experiment, query)).hasSize(rows);
    }

    @Test
    void readsNetworksWithOddLabels() {
        assertThat(service.rows(experiment, "network=" + encoded(ODD_LABEL))).hasSize(5 * 18);
        HttpResponse<String> series = service.get(address("/series/" + encoded(ODD_LABEL) + "/8"));
        assertThat(series.statusCode()).as(series.body()).isEqualTo(200);
        assertThat(service.json.readTree(series.body()).get("gradient")).hasSize(40);
    }

    @Test
    void noiseUsesDepthZero() {
        JsonNode series =
                service.json.readTree(service.get(address("/series/noise/0")).body());
        assertThat(series.get("depth").isNull()).isTrue();
        assertThat(series.get("x").get(39).asDouble()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=x",
                "limit=1&limit=2",
                "depth=",
                "depth=5..2",
                "depth=-1",
                "network=nobody",
                "network=",
                "statistic=gradient",
                "cursor=x",
                "cursor=MCBnIDEgLTE",
                "cursor=MAoACjAKLTE",
                "colour=blue"
            })
    void rejectsInvalidParameters(String query) {
        HttpResponse<String> response = service.get(address("/results?" + query));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        JsonNode violations = service.json.readTree(response.body()).get("violations");
        assertThat(violations).hasSize(1);
        assertThat(violations.get(0).get("pointer").asString()).isEqualTo("?" + query.replaceFirst("=.*", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/series/plain/4",
                "/series/nobody/1",
                "/series/plain/x",
                "/series/plain/1?run=3",
                "/series/plain/01",
                "/matrices/plain/1/covariance",
                "/matrices/plain/1/outer-product",
                "/figures/figure-3.svg"
            })
    void returnsNotFoundForUnmeasured(String path) {
        HttpResponse<String> response = service.get(address(path));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
        assertThat(service.json.readTree(response.body()).get("code").asString())
                .isEqualTo("not-found");
    }

    @Test
    void drawsFigures() {
        assertThat(experiment.get("links").get("figures"))
                .extracting(link -> link.asString().replaceFirst(".*/", ""))
                .containsExactly("figure-1.svg", "figure-2.svg", "theorem-1.svg", "theorem-2.svg");
        experiment.get("links").get("figures").forEach(figure -> {
            HttpResponse<String> svg = service.get(figure.asString());
            assertThat(svg.statusCode()).isEqualTo(200);
            assertThat(svg.headers().firstValue("Content-Type").orElseThrow()).startsWith("image/svg+xml");
            assertThat(svg.body()).contains("seed 3");
            HttpResponse<String> png = service.get(figure.asString().replace(".svg", ".png"));
            assertThat(png.headers().firstValue("Content-Type")).hasValue("image/png");
        });
    }

    @Test
    void servesContractUnchanged() throws IOException {
        assertThat(service.get("/openapi.yaml").body()).isEqualTo(Files.readString(Path.of("openapi/shatterlab.yaml")));
    }
}
