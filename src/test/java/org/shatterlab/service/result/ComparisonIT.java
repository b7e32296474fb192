package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
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

/** Tests the comparison of two networks over the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComparisonIT {

    private Service service;
    private String first;
    private String second;
    private String single;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
        first = run("[2, 10, 50]", 20, 1);
        second = run("[2, 5, 50]", 20, 2);
        single = run("[2]", 1, 3);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private String run(String depths, int runs, int seed) {
        return service.run(String.format(Locale.ROOT, """
            {"networks": [{"label": "feedforward", "family": "feedforward", "width": 50, "normalization": "mean-centering"},
                          {"label": "resnet 0.1 +ü", "family": "resnet", "width": 50, "normalization": "batch-norm", "beta": 0.1},
                          {"label": "again", "family": "feedforward", "width": 50, "normalization": "mean-centering"},
                          {"label": "white noise", "family": "white-noise"},
                          {"label": "brown noise", "family": "brown-noise"}],
             "depths": %s, "inputs": {"type": "grid", "points": 64}, "runs": %d, "seed": %d,
             "statistics": ["gradient-correlation", "autocorrelation"]}""", depths, runs, seed))
                .get("id")
                .asString();
    }

    private static String address(String left, String right, String rest) {
        return "/api/v1/comparisons?left=" + encoded(left) + "&right=" + encoded(right) + rest;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private JsonNode compare(String left, String right, String rest) {
        HttpResponse<String> response = service.get(address(left, right, rest));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().allValues("Vary")).contains("Accept");
        return service.json.readTree(response.body());
    }

    private static List<JsonNode> items(JsonNode comparison) {
        return StreamSupport.stream(comparison.get("items").spliterator(), false)
                .toList();
    }

    /**
     * Figure 2 of the paper: at depth 50 gradients of a feedforward network shatter and gradients of a resnet do not.
     */
    @Test
    void distinguishesFeedforwardFromResnet() {
        JsonNode comparison =
                compare(first + "/feedforward", first + "/resnet 0.1 +ü", "&statistic=autocorrelation&depth=50");
        assertThat(comparison.get("left").get("experiment").asString()).isEqualTo(first);
        assertThat(comparison.get("right").get("network").asString()).isEqualTo("resnet 0.1 +ü");
        assertThat(comparison.get("statistic").asString()).isEqualTo("autocorrelation");
        assertThat(comparison.get("level").asDouble()).isEqualTo(0.95);
        List<JsonNode> items = items(comparison);
        assertThat(items).hasSize(16);
        assertThat(items.getFirst().get("note").asString()).contains("varies");
        assertThat(items.getFirst().get("different").isNull()).isTrue();
        JsonNode neighbour = items.get(1);
        assertThat(neighbour.get("index").asInt()).isEqualTo(1);
        assertThat(neighbour.get("different").asBoolean()).isTrue();
        assertThat(neighbour.get("upper").asDouble()).isNegative();
        assertThat(neighbour.get("difference").asDouble())
                .isBetween(
                        neighbour.get("lower").asDouble(),
                        neighbour.get("upper").asDouble());
    }

    @Test
    void comparisonUsesRowsOfResults() {
        JsonNode comparison =
                compare(first + "/feedforward", second + "/resnet 0.1 +ü", "&statistic=gradient-correlation&depth=50");
        JsonNode row = service.json
                .readTree(service.get("/api/v1/experiments/" + first
                                + "/results?network=feedforward&statistic=gradient-correlation&depth=50")
                        .body())
                .get("items")
                .get(0);
        JsonNode item = comparison.get("items").get(0);
        for (String field : List.of("mean", "standardError", "runs")) {
            assertThat(item.get("left").get(field)).isEqualTo(row.get(field));
        }
        assertThat(item.get("difference").asDouble())
                .isCloseTo(
                        row.get("mean").asDouble()
                                - item.get("right").get("mean").asDouble(),
                        within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(strings = {"autocorrelation", "gradient-correlation"})
    void findsNoDifferenceBetweenSeeds(String statistic) {
        JsonNode comparison = compare(first + "/feedforward", second + "/again", "&statistic=" + statistic);
        assertThat(items(comparison))
                .filteredOn(item -> !item.get("pValue").isNull())
                .isNotEmpty()
                .allSatisfy(item ->
                        assertThat(item.get("adjustedPValue").asDouble()).isGreaterThan(0.001));
        int rowsPerDepth = statistic.equals("autocorrelation") ? 16 : 1;
        assertThat(items(comparison)).hasSize(2 * rowsPerDepth);
        assertThat(comparison.get("unmatched").get("left"))
                .hasSize(rowsPerDepth)
                .allSatisfy(row -> assertThat(row.get("depth").asInt()).isEqualTo(10));
        assertThat(comparison.get("unmatched").get("right"))
                .hasSize(rowsPerDepth)
                .allSatisfy(row -> assertThat(row.get("depth").asInt()).isEqualTo(5));
    }

    @ParameterizedTest
    @CsvSource({"white noise, , 48", "white noise, &depth=10, 16", "brown noise, &depth=0, 0"})
    void comparesNoiseWithEveryDepth(String noise, String depth, int items) {
        JsonNode comparison = compare(
                second + "/" + noise,
                first + "/feedforward",
                "&statistic=autocorrelation" + (depth == null ? "" : depth));
        assertThat(items(comparison)).hasSize(items);
    }

    @Test
    void noiseComparisonHasNoDepth() {
        JsonNode comparison =
                compare(first + "/white noise", first + "/brown noise", "&statistic=autocorrelation&depth=0");
        assertThat(items(comparison))
                .hasSize(16)
                .allSatisfy(item -> assertThat(item.get("depth").isNull()).isTrue());
        assertThat(comparison.get("items").get(1).get("different").asBoolean()).isTrue();
    }

    @Test
    void singleRunCannotBeTested() {
        JsonNode item = compare(first + "/feedforward", single + "/feedforward", "&statistic=gradient-correlation")
                .get("items")
                .get(0);
        assertThat(item.get("pValue").isNull()).isTrue();
        assertThat(item.get("note").asString()).contains("single run");
    }

    @Test
    void higherLevelWidensInterval() {
        String pair = "&statistic=gradient-correlation&depth=2&level=";
        JsonNode half = compare(first + "/feedforward", second + "/again", pair + "0.5");
        JsonNode sure = compare(first + "/feedforward", second + "/again", pair + "0.999");
        assertThat(sure.get("level").asDouble()).isEqualTo(0.999);
        assertThat(width(sure)).isGreaterThan(2 * width(half));
    }

    private static double width(JsonNode comparison) {
        JsonNode item = comparison.get("items").get(0);
        return item.get("upper").asDouble() - item.get("lower").asDouble();
    }

    @Test
    void csvHoldsSameItems() {
        String address = address(first + "/feedforward", second + "/again", "&statistic=autocorrelation");
        HttpResponse<String> csv = service.get(address, "Accept", "text/csv");
        assertThat(csv.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        JsonNode second =
                service.json.readTree(service.get(address).body()).get("items").get(1);
        assertThat(csv.body().lines())
                .hasSize(1 + 2 * 16)
                .first()
                .asString()
                .isEqualTo("depth,index,leftMean,leftStandardError,leftRuns,rightMean,rightStandardError,rightRuns,"
                        + "difference,standardError,lower,upper,pValue,adjustedPValue,different,note");
        assertThat(csv.body().lines().toList().get(2))
                .startsWith("2,1," + second.get("left").get("mean").asDouble() + ",")
                .endsWith("," + second.get("adjustedPValue").asDouble() + "," + second.get("different") + ",");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FIRST/feedforward | FIRST/again        | &statistic=autocorrelation                             | right
            FIRST/feedforward | FIRST/feedforward  | &statistic=autocorrelation                             | right
            FIRST/white noise | FIRST/white noise  | &statistic=autocorrelation                             | right
            FIRST/nobody      | FIRST/feedforward  | &statistic=autocorrelation                             | left
            FIRST             | FIRST/feedforward  | &statistic=autocorrelation                             | left
            FIRST/feedforward | FIRST/again/       | &statistic=autocorrelation                             | right
            FIRST/feedforward | FIRST/white noise  | &statistic=gradient-variance                           | statistic,statistic
            FIRST/feedforward | FIRST/white noise  | &statistic=covariance                                  | statistic
            FIRST/feedforward | FIRST/white noise  | &statistic=autocorrelation&statistic=autocorrelation   | statistic
            FIRST/feedforward | FIRST/white noise  | &level=1                                               | statistic,level
            FIRST/feedforward | FIRST/white noise  | &statistic=autocorrelation&level=NaN                   | level
            FIRST/feedforward | FIRST/white noise  | &statistic=autocorrelation&level=0&depth=x&limit=5     | depth,level,limit
            """)
    void rejectsInvalidComparisons(String left, String right, String rest, String parameters) {
        HttpResponse<String> response =
                service.get(address(left.replace("FIRST", first), right.replace("FIRST", first), rest));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        assertThat(StreamSupport.stream(
                                service.json
                                        .readTree(response.body())
                                        .get("violations")
                                        .spliterator(),
                                false)
                        .map(violation -> violation.get("pointer").asString().substring(1)))
                .as(response.body())
                .containsExactlyInAnyOrder(parameters.split(","));
    }

    @Test
    void requiresBothNetworks() {
        HttpResponse<String> response = service.get("/api/v1/comparisons");
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.body()).contains("?left", "?right", "?statistic");
    }

    @Test
    void namesUnknownExperiment() {
        HttpResponse<String> response =
                service.get(address(first + "/feedforward", "nope/feedforward", "&statistic=autocorrelation"));
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("nope");
    }

    /** Inserts rows directly, because no experiment within the limits of the service has so many rows. */
    @Test
    void rejectsTooManyRows() {
        String large = run("[3]", 2, 4);
        service.execute("""
                insert into cell_row (fingerprint, statistic, depth, index, count, mean, m2)
                select fingerprint, 'autocorrelation', 4, i, 2, 0, 1 from experiment_cell, generate_series(1, 20000) i
                where experiment_id = '%s' and network = 0""".formatted(large));
        String address = address(large + "/feedforward", first + "/white noise", "&statistic=autocorrelation");
        HttpResponse<String> refused = service.get(address);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("?depth", "20000");
        HttpResponse<String> fewer = service.get(address + "&depth=4");
        assertThat(fewer.statusCode()).isEqualTo(200);
    }
}
