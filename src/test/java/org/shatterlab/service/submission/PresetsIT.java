package org.shatterlab.service.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.input.DatasetFiles;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Runs each preset with all of its networks, depths and statistics. Two runs keep the test fast. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PresetsIT {

    private static final int IMAGES = 20;

    private Service service;

    @BeforeAll
    void start(@TempDir Path root) {
        Path datasets = root.resolve("sets");
        DatasetFiles.fashionMnist(datasets, IMAGES, 1);
        service = Service.start(root.resolve("data"), "--shatterlab.datasets-dir=" + datasets);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    List<JsonNode> presets() {
        JsonNode all = service.json.readTree(service.get("/api/v1/presets").body());
        return StreamSupport.stream(all.get("items").spliterator(), false).toList();
    }

    private static String inputs(JsonNode preset) {
        JsonNode inputs = preset.get("spec").get("inputs");
        return inputs.get("type").asString().equals("dataset")
                ? String.format(
                        Locale.ROOT, "{\"type\": \"dataset\", \"name\": \"fashion-mnist\", \"batch\": %d}", IMAGES)
                : inputs.toString();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void measuresAndDrawsPreset(JsonNode preset) throws IOException {
        String name = preset.get("name").asString();
        JsonNode experiment =
                service.run("{\"preset\": \"%s\", \"runs\": 2, \"inputs\": %s}".formatted(name, inputs(preset)));
        assertThat(experiment.get("state").asString()).as(experiment.toString()).isEqualTo("SUCCEEDED");

        String figure = experiment.get("links").get("self").asString() + "/figures/" + name;
        assertThat(experiment.get("links").get("figures"))
                .extracting(JsonNode::asString)
                .contains(figure + ".svg");
        HttpResponse<String> svg = service.get(figure + ".svg");
        assertThat(svg.statusCode()).as(svg.body()).isEqualTo(200);
        assertThat(preset.get("spec").get("networks"))
                .allSatisfy(network ->
                        assertThat(svg.body()).contains(network.get("label").asString()));
        HttpResponse<byte[]> png = service.getBytes(figure + ".png", "image/png");
        assertThat(ImageIO.read(new ByteArrayInputStream(png.body())).getWidth())
                .isGreaterThanOrEqualTo(800);
    }
}
