package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.lab.input.DatasetFiles;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests experiments on images, from the files of a data set to the rows of results. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatasetIT {

    private static final String FASHION = "{\"type\": \"dataset\", \"name\": \"fashion-mnist\", \"batch\": 40}";

    private Path datasets;
    private Service service;

    @BeforeAll
    void start(@TempDir Path root) {
        datasets = root.resolve("sets");
        DatasetFiles.fashionMnist(datasets, 60, 1);
        service = Service.start(root.resolve("data"), "--shatterlab.datasets-dir=" + datasets);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void fullyConnectedNetworksMatchTheory() {
        JsonNode experiment = service.run("""
                {"networks": [{"family": "feedforward", "width": 400},
                              {"family": "resnet", "width": 400, "normalization": "mean-centering"}],
                 "depths": [1, 4], "inputs": %s, "runs": 60}""".formatted(FASHION));
        List<JsonNode> rows = service.rows(experiment, "");
        assertThat(rows).hasSize(8).allSatisfy(row -> {
            double theory = row.get("predictions").get("infiniteWidth").asDouble();
            double error = row.get("standardError").asDouble();
            assertThat(row.get("mean").asDouble())
                    .as(row.toString())
                    .isCloseTo(
                            theory,
                            within(4 * error + 4.0 * row.get("depth").asInt() / 400 * Math.abs(theory) + 0.002));
        });
    }

    @Test
    void skipConnectionsKeepConvolutionalGradientsCorrelated() {
        JsonNode experiment = service.run("""
                {"networks": [{"family": "conv-feedforward", "width": 8, "normalization": "batch-norm"},
                              {"family": "conv-resnet", "width": 8, "normalization": "batch-norm", "beta": 0.1}],
                 "depths": [2, 10], "inputs": %s, "runs": 5,
                 "statistics": ["gradient-variance", "gradient-correlation", "correlation"]}""".formatted(FASHION));
        assertThat(experiment.get("state").asString()).as(experiment.toString()).isEqualTo("SUCCEEDED");
        List<JsonNode> rows = service.rows(experiment, "statistic=gradient-correlation");
        assertThat(rows)
                .hasSize(4)
                .allSatisfy(row -> assertThat(row.get("predictions").get("note").asString())
                        .contains("fully connected"));
        double shallow = rows.get(0).get("mean").asDouble();
        double deep = rows.get(1).get("mean").asDouble();
        double skipping = rows.get(3).get("mean").asDouble();
        assertThat(deep).isLessThan(shallow).isLessThan(skipping);
        String matrix = experiment.get("links").get("self").asString() + "/matrices/conv-resnet/10/correlation";
        assertThat(service.json.readTree(service.get(matrix).body()).get("rows").asInt())
                .isEqualTo(40);
        assertThat(service.getBytes(matrix, "image/png").statusCode()).isEqualTo(200);
    }

    @Test
    void drawsImagesPerRun() {
        JsonNode experiment = service.run("""
                {"networks": [{"family": "feedforward", "width": 20}], "depths": [1], "runs": 6,
                 "inputs": {"type": "dataset", "name": "fashion-mnist", "batch": 10, "perRun": true}}""");
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(service.rows(experiment, ""))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.get("predictions").get("note").asString())
                        .contains("inputs of its own"));
    }

    @Test
    void rejectsComparisonOnSharedImages() {
        String body = """
                {"networks": [{"family": "%s", "width": 20}], "depths": [1], "runs": 2,
                 "inputs": {"type": "dataset", "name": "fashion-mnist", "batch": 10, "perRun": true, "seed": %d}}""";
        String left = service.run(String.format(Locale.ROOT, body, "feedforward", 1))
                        .get("id")
                        .asString() + "/feedforward";
        String same = service.run(String.format(Locale.ROOT, body, "resnet", 1))
                        .get("id")
                        .asString() + "/resnet";
        String others = service.run(String.format(Locale.ROOT, body, "resnet", 2))
                        .get("id")
                        .asString() + "/resnet";
        String comparison = "/api/v1/comparisons?statistic=gradient-variance&left=" + left + "&right=";

        HttpResponse<String> refused = service.get(comparison + same);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("?right", "the same images in each run");
        assertThat(service.get(comparison + others).statusCode()).isEqualTo(200);
    }

    @Test
    void mixtureComponentsLowerGradientCorrelation() {
        JsonNode experiment = service.run("""
                {"networks": [{"family": "feedforward", "width": 100}], "depths": [2], "runs": 10,
                 "statistics": ["correlation"],
                 "inputs": {"type": "gaussian-mixture", "points": 30, "components": 2, "separation": 3}}""");
        String matrix = experiment.get("links").get("self").asString() + "/matrices/feedforward/2/correlation";
        JsonNode first =
                service.json.readTree(service.get(matrix).body()).get("values").get(0);
        assertThat(first.get(1).asDouble()).isGreaterThan(first.get(29).asDouble() + 0.1);
    }

    @Test
    void namesMissingDatasetFile() {
        HttpResponse<String> response = service.submit("""
                {"networks": [{"family": "feedforward"}], "depths": [1],
                 "inputs": {"type": "dataset", "name": "cifar-10"}}""");
        assertThat(response.statusCode()).isEqualTo(422);
        JsonNode violation =
                service.json.readTree(response.body()).get("violations").get(0);
        assertThat(violation.get("pointer").asString()).isEqualTo("/inputs/name");
        assertThat(violation.get("message").asString())
                .contains("The folder " + datasets.resolve("cifar-10")
                        + " has no file data_batch_1.bin or data_batch_1.bin.gz.");
    }

    @Test
    void workerRejectsCellOfOtherData(@TempDir Path root) {
        DatasetFiles.fashionMnist(root.resolve("api"), 60, 1);
        DatasetFiles.fashionMnist(root.resolve("worker"), 60, 2);
        Path data = root.resolve("data");
        String location;
        try (Service api =
                Service.start(data, "--shatterlab.roles=api", "--shatterlab.datasets-dir=" + root.resolve("api"))) {
            location = api.submit("""
                            {"networks": [{"family": "feedforward", "width": 20}], "depths": [1], "runs": 1,
                             "inputs": %s}""".formatted(FASHION))
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
        }
        try (Service worker = Service.start(data, "--shatterlab.datasets-dir=" + root.resolve("worker"))) {
            JsonNode experiment =
                    worker.json.readTree(worker.get(location + "?wait=30").body());
            for (int i = 0; i < 600 && experiment.get("finishedAt").isNull(); i++) {
                Service.sleep();
                experiment = worker.json.readTree(worker.get(location).body());
            }
            assertThat(experiment.get("state").asString()).isEqualTo("FAILED");
            assertThat(experiment.get("failure").asString())
                    .contains("fashion-mnist")
                    .contains(experiment.get("spec").get("inputs").get("sha256").asString());
        }
    }

    @Test
    void changedDatasetMakesNewCells(@TempDir Path root) {
        Path sets = root.resolve("sets");
        DatasetFiles.fashionMnist(sets, 60, 1);
        String body = """
                {"networks": [{"family": "feedforward", "width": 20}], "depths": [1], "runs": 1, "inputs": %s}""".formatted(FASHION);
        try (Service service = Service.start(root.resolve("data"), "--shatterlab.datasets-dir=" + sets)) {
            service.run(body);
            assertThat(service.run(body).get("progress").get("cached").asInt()).isEqualTo(1);
            DatasetFiles.fashionMnist(sets, 70, 3);
            assertThat(service.run(body).get("progress").get("cached").asInt()).isZero();
        }
    }
}
