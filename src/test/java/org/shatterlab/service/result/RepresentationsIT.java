package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests the entity tags of pictures, matrices and series, and their limits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepresentationsIT {

    private static final String MATRIX = "/matrices/n/2/covariance";

    private Service service;
    private JsonNode experiment;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
        experiment = service.run(body("\"runs\": 5"));
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private static String body(String fields) {
        return """
                {"networks": [{"label": "n", "family": "feedforward", "width": 10, "depths": [2]},
                              {"label": "noise", "family": "white-noise"}],
                 "inputs": {"type": "grid", "points": 40}, "cache": false, %s,
                 "statistics": ["autocorrelation", "gradient", "covariance", "activity-raster"]}""".formatted(fields);
    }

    private static String address(JsonNode experiment, String rest) {
        return experiment.get("links").get("self").asString() + rest;
    }

    private static String tag(HttpResponse<?> response) {
        return response.headers().firstValue("ETag").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "/figures/figure-1.png, image/png",
        "/figures/figure-2.svg, image/svg+xml",
        MATRIX + ", application/json",
        MATRIX + ", image/png",
        MATRIX + ", application/x-npy",
        "/series/noise/0, application/json"
    })
    void knownTagAnswersNotModified(String path, String type) {
        HttpResponse<String> first = service.get(address(experiment, path), "Accept", type);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
        for (String known : List.of(tag(first), "\"x\", " + tag(first), "*")) {
            HttpResponse<String> again = service.get(address(experiment, path), "Accept", type, "If-None-Match", known);
            assertThat(again.statusCode()).as(known).isEqualTo(304);
            assertThat(tag(again)).isEqualTo(tag(first));
            assertThat(again.body()).isEmpty();
        }
        assertThat(service.get(address(experiment, path), "Accept", type, "If-None-Match", "\"x\"")
                        .body())
                .isEqualTo(first.body());
    }

    @Test
    void formatsHaveDifferentTags() {
        assertThat(List.of("application/json", "image/png", "application/x-npy").stream()
                        .map(type -> tag(service.getBytes(address(experiment, MATRIX), type))))
                .doesNotHaveDuplicates();
    }

    @Test
    void wildcardNeedsMeasuredResource() {
        for (String path : List.of("/matrices/n/2/correlation", "/matrices/noise/0/activity-raster")) {
            assertThat(service.get(address(experiment, path), "If-None-Match", "*")
                            .statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void manyReadersGetPictureOrRetry() throws Exception {
        JsonNode fresh = service.run(body("\"runs\": 5, \"seed\": 2"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<byte[]>>> answers = IntStream.range(0, 40)
                    .mapToObj(_ -> threads.submit(
                            () -> service.getBytes(address(fresh, "/figures/figure-1.png"), "image/png")))
                    .toList();
            List<String> tags = new ArrayList<>();
            for (Future<HttpResponse<byte[]>> answer : answers) {
                HttpResponse<byte[]> response = answer.get();
                if (response.statusCode() == 503) {
                    assertThat(response.headers().firstValue("Retry-After")).isPresent();
                } else {
                    assertThat(response.statusCode()).isEqualTo(200);
                    tags.add(tag(response));
                }
            }
            assertThat(tags).isNotEmpty().containsOnly(tags.getFirst());
        }
    }

    @Test
    void newVersionHasNewTag() {
        JsonNode running = service.json.readTree(
                service.submit(body("\"runs\": 10000, \"seed\": 3")).body());
        HttpResponse<String> first = service.get(address(running, "/series/noise/0"));
        while (first.statusCode() == 404) {
            Service.sleep();
            first = service.get(address(running, "/series/noise/0"));
        }
        assertThat(service.call("POST", address(running, "/cancel"), "").statusCode())
                .isEqualTo(202);
        service.await(running);
        HttpResponse<String> second = service.get(address(running, "/series/noise/0"), "If-None-Match", tag(first));
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(tag(second)).isNotEqualTo(tag(first));
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void deletedExperimentHasNoPicture() {
        JsonNode deleted = service.run(body("\"runs\": 5, \"seed\": 4"));
        String picture = address(deleted, "/figures/figure-1.png");
        String tag = tag(service.get(picture));
        assertThat(service.call("DELETE", address(deleted, ""), "").statusCode())
                .isEqualTo(204);
        assertThat(service.get(picture).statusCode()).isEqualTo(404);
        assertThat(service.get(picture, "If-None-Match", tag).statusCode()).isEqualTo(404);
    }
}
