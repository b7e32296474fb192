package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Compares ranks, activity and spectra from the API with theory and with known values. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatisticsIT {

    private static final int WIDTH = 400;

    private Service service;
    private JsonNode independent;
    private JsonNode grid;

    @BeforeAll
    void measure(@TempDir Path data) {
        service = Service.start(data);
        independent = service.run(String.format(Locale.ROOT, """
                {"networks": [{"label": "none", "family": "feedforward", "width": %1$d},
                              {"label": "centred", "family": "feedforward", "width": %1$d, "normalization": "mean-centering"},
                              {"label": "bn", "family": "feedforward", "width": %1$d, "normalization": "batch-norm"}],
                 "depths": [2, 10], "inputs": {"type": "gaussian", "points": 64, "dimension": 200}, "runs": 20,
                 "statistics": ["activation-rate", "coactivation-rate", "effective-rank", "relative-effective-rank"]}""", WIDTH));
        grid = service.run("""
                {"networks": [{"label": "net", "family": "feedforward", "width": 30, "depths": [1, 6]},
                              {"label": "white", "family": "white-noise"}, {"label": "brown", "family": "brown-noise"}],
                 "inputs": {"type": "grid", "points": 256}, "runs": 100, "statistics":
                 ["activation-histogram", "contiguity-histogram", "activity-raster", "spectral-exponent"]}""");
        assertThat(List.of(independent, grid))
                .allSatisfy(experiment ->
                        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED"));
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private List<JsonNode> rows(JsonNode experiment, String network, String statistic) {
        return service.rows(experiment, "network=" + network + "&statistic=" + statistic);
    }

    private List<JsonNode> rows(JsonNode experiment, String network, int depth, String statistic) {
        return service.rows(experiment, "network=" + network + "&depth=" + depth + "&statistic=" + statistic);
    }

    private static double mean(JsonNode row) {
        return row.get("mean").asDouble();
    }

    private static double error(JsonNode row) {
        return row.get("standardError").asDouble();
    }

    /** Figure 3 of the paper: the rate is 0.25 with batch normalisation and grows with depth without normalisation. */
    @ParameterizedTest
    @CsvSource({"none, 0.41, 0.02", "bn, 0.25, 0.01", "centred, 0.25, 0.01"})
    void coactivationMatchesKnownValues(String network, double known, double tolerance) {
        List<JsonNode> layers = rows(independent, network, 10, "coactivation-rate");
        assertThat(layers).extracting(row -> row.get("index").asInt()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(mean(layers.getLast())).isCloseTo(known, within(tolerance));
        assertThat(layers)
                .allSatisfy(
                        row -> assertThat(row.get("predictions").get("paper").asDouble())
                                .isEqualTo(0.25));
    }

    @ParameterizedTest
    @CsvSource({"none", "centred"})
    void activityMatchesInfiniteWidthLimit(String network) {
        for (String statistic : List.of("activation-rate", "coactivation-rate")) {
            List<JsonNode> rows = rows(independent, network, statistic);
            assertThat(rows).hasSize(2 + 10).allSatisfy(row -> {
                double theory = row.get("predictions").get("infiniteWidth").asDouble();
                double finite = 4.0 * row.get("index").asInt() / WIDTH * theory;
                assertThat(mean(row)).as(row.toString()).isCloseTo(theory, within(4 * error(row) + finite + 0.002));
            });
        }
    }

    @Test
    void predictsActivationButNotCoactivation() {
        assertThat(rows(independent, "bn", "activation-rate")).allSatisfy(row -> {
            assertThat(row.get("predictions").get("infiniteWidth").asDouble()).isEqualTo(0.5);
            assertThat(mean(row)).isCloseTo(0.5, within(4 * error(row) + 0.002));
        });
        assertThat(rows(independent, "bn", "coactivation-rate")).allSatisfy(row -> {
            assertThat(row.get("predictions").get("infiniteWidth").isNull()).isTrue();
            assertThat(row.get("predictions").get("note").asString()).startsWith("infiniteWidth: With batch norm");
        });
    }

    @Test
    void effectiveRankGrowsWithDepth() {
        double[] relative = rows(independent, "bn", "relative-effective-rank").stream()
                .mapToDouble(StatisticsIT::mean)
                .toArray();
        assertThat(relative).hasSize(2);
        assertThat(relative[1]).isGreaterThan(2 * relative[0]).isLessThan(1.05);
        List<JsonNode> ranks = rows(independent, "bn", "effective-rank");
        assertThat(ranks).allSatisfy(row -> assertThat(mean(row)).isBetween(1.0, 64.0));
        // The effective rank r(Y) of noise lies near DM / (sqrt D + sqrt M)^2.
        assertThat(mean(ranks.getLast()) / relative[1]).isCloseTo(26.1, within(1.5));
    }

    @Test
    void noiseSpectrumMatchesTheory() {
        JsonNode white = rows(grid, "white", "spectral-exponent").getFirst();
        JsonNode brown = rows(grid, "brown", "spectral-exponent").getFirst();
        assertThat(mean(white)).isCloseTo(0, within(0.1));
        assertThat(mean(brown)).isCloseTo(-2, within(0.1));
        for (JsonNode row : List.of(white, brown)) {
            double derived = row.get("predictions").get("derived").asDouble();
            assertThat(mean(row)).isCloseTo(derived, within(4 * error(row)));
        }
        List<JsonNode> network = rows(grid, "net", "spectral-exponent");
        assertThat(network).hasSize(2);
        assertThat(mean(network.getLast())).isBetween(-2.0, -0.1).isGreaterThan(mean(network.getFirst()));
    }

    @ParameterizedTest
    @CsvSource({"activation-histogram, 20", "contiguity-histogram, 9"})
    void histogramsSumToOne(String statistic, int bins) {
        for (int depth : new int[] {1, 6}) {
            List<JsonNode> rows = rows(grid, "net", depth, statistic);
            assertThat(rows).hasSize(bins);
            assertThat(rows.stream().mapToDouble(StatisticsIT::mean).sum()).isCloseTo(1, within(1e-12));
        }
        assertThat(rows(grid, "white", statistic)).isEmpty();
    }

    /**
     * A unit of the first layer switches at x = -b/w, which is a Cauchy variable. The point x lies on the grid with
     * probability p = 2/pi atan 2. The activity then has two runs along the grid, and one of them covers at least half
     * of the grid. Otherwise the activity has a single run.
     */
    @Test
    void firstLayerUnitSwitchesAtMostOnce() {
        double switches = 2 / Math.PI * Math.atan(2);
        List<JsonNode> bins = rows(grid, "net", 1, "contiguity-histogram");
        assertThat(mean(bins.get(8))).isCloseTo((1 - switches) / (1 + switches), within(4 * error(bins.get(8)) + 0.01));
        assertThat(mean(bins.get(7))).isCloseTo(switches / (1 + switches), within(4 * error(bins.get(7)) + 0.01));
    }

    @Test
    void servesRasterInThreeFormats() throws IOException {
        String address = grid.get("links").get("self").asString() + "/matrices/net/6/activity-raster";
        JsonNode raster = service.json.readTree(service.get(address).body());
        assertThat(raster.get("rows").asInt()).isEqualTo(30);
        assertThat(raster.get("columns").asInt()).isEqualTo(256);
        assertThat(raster.get("runs").asInt()).isEqualTo(1);
        ByteBuffer npy = ByteBuffer.wrap(
                        service.getBytes(address, "application/x-npy").body())
                .order(ByteOrder.LITTLE_ENDIAN);
        int header = 10 + npy.getShort(8);
        assertThat(new String(npy.array(), 10, header - 10, StandardCharsets.US_ASCII))
                .contains("(30, 256)");
        for (int unit = 0; unit < 30; unit++) {
            for (int input = 0; input < 256; input++) {
                double value = raster.get("values").get(unit).get(input).asDouble();
                assertThat(value).isIn(0.0, 1.0);
                assertThat(npy.getDouble(header + 8 * (unit * 256 + input))).isEqualTo(value);
            }
        }
        BufferedImage png = ImageIO.read(
                new ByteArrayInputStream(service.getBytes(address, "image/png").body()));
        assertThat(png.getWidth()).isGreaterThan(1000);
    }

    @Test
    void noiseHasNoRaster() {
        HttpResponse<String> answer =
                service.get(grid.get("links").get("self").asString() + "/matrices/white/0/activity-raster");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("because noise has no layers");
    }
}
