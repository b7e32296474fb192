package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Reproduces Figure 5 of the paper on real images. The test is skipped if the images are missing. */
class FashionMnistIT {

    private static final Logger log = LoggerFactory.getLogger(FashionMnistIT.class);
    private static final String VARIABLE = "SHATTERLAB_DATASETS_DIR";
    private static final Path DATASETS =
            Path.of(Objects.requireNonNullElse(System.getenv(VARIABLE), "/usr/share/datasets"));

    /** The rise of the relative effective rank from the first to the last depth, with its standard error. */
    private record Rise(double value, double error) {

        static Rise of(List<JsonNode> rows) {
            JsonNode first = rows.getFirst();
            JsonNode last = rows.getLast();
            return new Rise(
                    last.get("mean").asDouble() - first.get("mean").asDouble(),
                    Math.hypot(
                            last.get("standardError").asDouble(),
                            first.get("standardError").asDouble()));
        }

        boolean isSteeperThan(Rise other) {
            return value - other.value > 4 * Math.hypot(error, other.error);
        }
    }

    @Test
    void skipConnectionsSlowRankGrowth(@TempDir Path data) {
        boolean present = Files.isDirectory(DATASETS.resolve("fashion-mnist"));
        String missing = "Skipped: the folder " + DATASETS + " has no folder fashion-mnist. Set " + VARIABLE + ".";
        if (!present) {
            log.warn(missing);
        }
        assumeTrue(present, missing);
        try (Service service = Service.start(data, "--shatterlab.datasets-dir=" + DATASETS)) {
            JsonNode experiment = service.run("""
                    {"preset": "figure-5", "depths": [2, 10, 24], "statistics": ["relative-effective-rank"],
                     "inputs": {"type": "dataset", "name": "fashion-mnist", "batch": 96}, "runs": 15, "networks": [
                       {"label": "feedforward", "family": "conv-feedforward", "width": 8, "normalization": "batch-norm"},
                       {"label": "beta 1", "family": "conv-resnet", "width": 8, "normalization": "batch-norm"},
                       {"label": "beta 0.1", "family": "conv-resnet", "width": 8, "normalization": "batch-norm", "beta": 0.1}]}""");
            assertThat(experiment.get("state").asString())
                    .as(experiment.toString())
                    .isEqualTo("SUCCEEDED");
            Rise feedforward = Rise.of(service.rows(experiment, "network=feedforward"));
            Rise strong = Rise.of(service.rows(experiment, "network=beta%201"));
            Rise weak = Rise.of(service.rows(experiment, "network=beta%200.1"));
            String rises = "feedforward %s, beta 1 %s, beta 0.1 %s".formatted(feedforward, strong, weak);
            log.info(rises);
            assertThat(feedforward.isSteeperThan(strong)).as(rises).isTrue();
            assertThat(strong.isSteeperThan(weak)).as(rises).isTrue();
        }
    }
}
