package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
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

/** Tests reads across several experiments and in other formats than JSON. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadsIT {

    private static final int POINTS = 20;

    private Service service;
    private JsonNode first;
    private JsonNode second;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
        first = service.run(String.format(Locale.ROOT, """
                {"networks": [{"label": "plain", "family": "feedforward", "width": 10},
                              {"label": "noise", "family": "brown-noise"}],
                 "depths": [1, 2], "inputs": {"type": "grid", "points": %d}, "runs": 7,
                 "statistics": ["gradient-variance", "autocorrelation", "covariance", "correlation", "outer-product"]}""", POINTS));
        second = service.run("""
                {"networks": [{"label": "plain", "family": "feedforward", "width": 12},
                              {"label": "residual", "family": "resnet", "width": 10}],
                 "depths": [2, 3], "inputs": {"type": "gaussian", "points": 8, "dimension": 3}, "runs": 2,
                 "statistics": ["gradient-variance", "gradient-correlation", "covariance"]}""");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private static String id(JsonNode experiment) {
        return experiment.get("id").asString();
    }

    private String both(String query) {
        return "/api/v1/results?experiment=" + id(second) + "&experiment=" + id(first) + query;
    }

    private List<JsonNode> rows(String address, int limit) {
        List<JsonNode> rows = new ArrayList<>();
        String cursor = "";
        while (!cursor.equals("none")) {
            HttpResponse<String> response = service.get(address + "&limit=" + limit + cursor);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.headers().allValues("Vary")).contains("Accept");
            JsonNode page = service.json.readTree(response.body());
            assertThat(page.get("items").size()).isLessThanOrEqualTo(limit);
            page.get("items").forEach(rows::add);
            JsonNode next = page.get("nextCursor");
            cursor = next.isNull() ? "none" : "&cursor=" + next.asString();
        }
        return rows;
    }

    private static JsonNode withoutExperiment(JsonNode row) {
        return row.deepCopy().asObject().without("experiment");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 1000})
    void joinsRowsInRequestedOrder(int limit) {
        List<JsonNode> rows = rows(both(""), limit);
        List<JsonNode> expected = new ArrayList<>(service.rows(second, ""));
        assertThat(rows.subList(0, expected.size()))
                .allSatisfy(row -> assertThat(row.get("experiment").asString()).isEqualTo(id(second)));
        expected.addAll(service.rows(first, ""));
        assertThat(rows).extracting(ReadsIT::withoutExperiment).isEqualTo(expected);
        assertThat(rows.getLast().get("experiment").asString()).isEqualTo(id(first));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    network=residual                            | 4
                    network=noise&statistic=gradient-variance   | 1
                    network=plain&statistic=gradient-variance   | 4
                    depth=2&statistic=gradient-variance         | 3
                    depth=0                                     | 17
                    """)
    void filtersApplyToAllExperiments(String query, int rows) {
        assertThat(rows(both("&" + query), 3)).hasSize(rows);
    }

    @Test
    void csvHoldsSameRows() {
        HttpResponse<String> csv = service.get(both("&statistic=gradient-variance"), "Accept", "text/csv");
        assertThat(csv.headers().allValues("Vary")).contains("Accept");
        assertThat(csv.body().lines())
                .hasSize(1 + 7)
                .first()
                .asString()
                .startsWith("experiment,network,depth,statistic,index,mean,");
        assertThat(csv.body().lines().skip(1).limit(4)).allMatch(line -> line.startsWith(id(second) + ","));
    }

    @Test
    void readsRepeatedExperimentOnce() {
        String once = both("&limit=1000");
        assertThat(service.get(once + "&experiment=" + id(first).toUpperCase(Locale.ROOT))
                        .body())
                .isEqualTo(service.get(once).body());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /api/v1/results                             | ?experiment
                    /api/v1/results?network=x                   | ?experiment
                    BOTH&network=nobody                         | ?network
                    BOTH&limit=0                                | ?limit
                    BOTH&cursor=MCBncmFkaWVudC12YXJpYW5jZSAxIC0x | ?cursor
                    BOTH&colour=blue                            | ?colour
                    MANY                                        | ?experiment
                    """)
    void rejectsInvalidParameters(String address, String pointer) {
        String many = "/api/v1/results?" + ("experiment=" + id(first) + "&").repeat(51);
        HttpResponse<String> response =
                service.get(address.replace("BOTH", both("")).replace("MANY", many));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        JsonNode violations = service.json.readTree(response.body()).get("violations");
        assertThat(violations).hasSize(1);
        assertThat(violations.get(0).get("pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void namesUnknownExperiment() {
        HttpResponse<String> response = service.get(both("&experiment=nobody"));
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(service.json.readTree(response.body()).get("detail").asString())
                .contains("\"nobody\"");
    }

    private static String matrix(JsonNode experiment, String rest) {
        return experiment.get("links").get("self").asString() + "/matrices/" + rest;
    }

    /** Checks the header of a file in NumPy's format 1.0 and returns the values of its square matrix. */
    private static DoubleBuffer npy(byte[] file, int size) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        buffer.get(magic);
        assertThat(magic).isEqualTo(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        byte[] header = new byte[Short.toUnsignedInt(buffer.getShort())];
        buffer.get(header);
        assertThat(buffer.position() % 64).isZero();
        assertThat(new String(header, StandardCharsets.US_ASCII))
                .startsWith("{'descr': '<f8', 'fortran_order': False, 'shape': (" + size + ", " + size + "), }")
                .endsWith("\n");
        return buffer.asDoubleBuffer();
    }

    @ParameterizedTest
    @CsvSource({"plain/2/covariance,7", "plain/1/correlation,7", "noise/0/covariance,7", "plain/2/outer-product,1"})
    void servesMatricesInThreeFormats(String path, int runs) throws IOException {
        HttpResponse<String> asJson = service.get(matrix(first, path));
        assertThat(asJson.headers().allValues("Vary")).contains("Accept");
        JsonNode json = service.json.readTree(asJson.body());
        assertThat(json.get("runs").asInt()).isEqualTo(runs);

        HttpResponse<byte[]> asNpy = service.getBytes(matrix(first, path), "application/x-npy");
        assertThat(asNpy.headers().firstValue("Content-Type")).hasValue("application/x-npy");
        DoubleBuffer values = npy(asNpy.body(), POINTS);
        assertThat(values.remaining()).isEqualTo(POINTS * POINTS);
        for (int i = 0; i < POINTS * POINTS; i++) {
            JsonNode value = json.get("values").get(i / POINTS).get(i % POINTS);
            assertThat(values.get(i)).isEqualTo(value.isNull() ? Double.NaN : value.asDouble());
        }

        HttpResponse<byte[]> asPng = service.getBytes(matrix(first, path), "image/png");
        assertThat(asPng.headers().firstValue("Content-Type")).hasValue("image/png");
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(asPng.body()));
        assertThat(image.getWidth()).isGreaterThan(1000);
        assertThat(image.getHeight()).isGreaterThan(image.getWidth());
    }

    @Test
    void correlationDiagonalIsOne() {
        DoubleBuffer values = npy(
                service.getBytes(matrix(first, "noise/0/correlation"), "application/x-npy")
                        .body(),
                POINTS);
        for (int i = 0; i < POINTS; i++) {
            assertThat(values.get(i * POINTS + i)).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void drawsMatrixWithoutGrid() {
        assertThat(service.getBytes(matrix(second, "residual/3/covariance"), "image/png")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/x-npy", "image/png"})
    void missingMatrixReturnsProblemForEveryFormat(String accept) {
        for (String path : List.of("plain/3/covariance", "nobody/1/covariance", "plain/1/gradient", "plain/1/x")) {
            HttpResponse<String> response = service.get(matrix(first, path), "Accept", accept);
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
    }

    @Test
    void rejectsOtherFormats() {
        assertThat(service.get(matrix(first, "plain/1/covariance"), "Accept", "text/html")
                        .statusCode())
                .isEqualTo(406);
        assertThat(service.get(matrix(first, "plain/1/covariance?colour=" + encoded("blü")))
                        .statusCode())
                .isEqualTo(422);
    }

    /**
     * Returns a specification with the networks of the second experiment and more runs, whose first runs are stored.
     */
    private static String specWithMoreRuns(String change) {
        return """
                {"networks": [{"label": "plain", "family": "feedforward", "width": 12},
                              {"label": "again", "family": "feedforward", "width": 12},
                              {"label": "residual", "family": "resnet", "width": 10}],
                 "depths": [2, 3], "inputs": {"type": "gaussian", "points": 8, "dimension": 3}, %s "runs": 7,
                 "statistics": ["gradient-variance", "gradient-correlation", "covariance"]}""".formatted(change);
    }

    private HttpResponse<String> submit(String suffix, String body) {
        return service.post("/api/v1/experiments" + suffix, body.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"seed\": 1,", "\"seed\": 1,", "\"seed\": 1, \"cache\": false,"})
    void estimatePredictsCellsAndStoresNothing(String change) {
        long experiments = service.count("experiment");
        long cells = service.count("cell");
        HttpResponse<String> dry = submit("/estimate", specWithMoreRuns(change));
        assertThat(dry.statusCode()).as(dry.body()).isEqualTo(200);
        HttpResponse<String> deprecated = submit("?dryRun=true", specWithMoreRuns(change));
        assertThat(deprecated.statusCode()).isEqualTo(200);
        assertThat(service.json.readTree(deprecated.body()).propertyNames())
                .isEqualTo(service.json.readTree(dry.body()).propertyNames());
        assertThat(service.count("experiment")).isEqualTo(experiments);
        assertThat(service.count("cell")).isEqualTo(cells);

        JsonNode estimate = service.json.readTree(dry.body());
        JsonNode progress = service.run(specWithMoreRuns(change)).get("progress");
        assertThat(estimate.get("cells")).isEqualTo(progress.get("cells"));
        assertThat(estimate.get("cached")).isEqualTo(progress.get("cached"));
        assertThat(estimate.get("runs").asInt()).isEqualTo(7);
        boolean all = progress.get("cached").equals(progress.get("cells"));
        for (String cost : List.of("floatingPointOperations", "memoryBytes", "seconds")) {
            assertThat(estimate.get(cost).asDouble() > 0).isEqualTo(!all);
        }
    }

    @Test
    void rejectsInvalidEstimates() {
        long experiments = service.count("experiment");
        assertThat(submit("/estimate?dryRun=true", specWithMoreRuns("")).statusCode())
                .isEqualTo(422);
        assertThat(submit("/estimate", specWithMoreRuns("\"runs\": 0,")).statusCode())
                .isEqualTo(400);
        assertThat(submit("/estimate", specWithMoreRuns("\"seed\": \"x\",")).statusCode())
                .isEqualTo(422);
        assertThat(service.count("experiment")).isEqualTo(experiments);
    }

    @Test
    void rejectsMalformedDryRun() {
        long experiments = service.count("experiment");
        assertThat(submit("?dryRun=yes", specWithMoreRuns("")).statusCode()).isEqualTo(422);
        assertThat(submit("?dryRun=true&dryRun=true", specWithMoreRuns("")).statusCode())
                .isEqualTo(422);
        assertThat(submit("?dryRun=true", specWithMoreRuns("\"runs\": 0,")).statusCode())
                .isEqualTo(400);
        assertThat(submit("?dryRun=true", specWithMoreRuns("\"seed\": \"x\",")).statusCode())
                .isEqualTo(422);
        assertThat(service.count("experiment")).isEqualTo(experiments);
        assertThat(submit("?dryRun=false", specWithMoreRuns("")).statusCode()).isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource({
        "/docs, text/html",
        "/docs/, text/html",
        "/docs/index.html, text/html",
        "/docs/docs.js, text/javascript",
        "/webjars/swagger-ui/swagger-ui.css, text/css",
        "/webjars/swagger-ui/swagger-ui-bundle.js, text/javascript"
    })
    void servesContractAsPage(String path, String type) {
        HttpResponse<String> page = service.get(path);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void marksFormulasForSpreadsheets() {
        JsonNode formulas = service.run("""
                {"networks": [{"label": "=1+1", "family": "white-noise"}, {"label": "@b", "family": "brown-noise"}],
                 "inputs": {"type": "grid", "points": 20}, "runs": 5, "statistics": ["gradient-correlation"]}""");
        String results = formulas.get("links").get("results").asString();
        String combined = "/api/v1/results?experiment=" + id(formulas);
        for (String address : List.of(results + "?", combined + "&")) {
            assertThat(service.get(address + "spreadsheet=true", "Accept", "text/csv")
                            .body())
                    .contains("'=1+1,", "'@b,");
            assertThat(service.get(address + "spreadsheet=false", "Accept", "text/csv")
                            .body())
                    .contains("=1+1,", "@b,")
                    .doesNotContain("'");
            assertThat(service.get(address + "spreadsheet=true").statusCode()).isEqualTo(200);
        }
        String comparison = "/api/v1/comparisons?statistic=gradient-correlation&spreadsheet=true&left=" + id(formulas)
                + "/%3D1%2B1&right=" + id(formulas) + "/@b";
        HttpResponse<String> compared = service.get(comparison, "Accept", "text/csv");
        assertThat(compared.statusCode()).as(compared.body()).isEqualTo(200);
        assertThat(compared.body()).containsPattern("[,\\n]-\\d").doesNotContain("'");
        assertThat(service.get("/api/v1/theory?family=feedforward&depths=2&spreadsheet=true", "Accept", "text/csv")
                        .statusCode())
                .isEqualTo(200);
    }
}
