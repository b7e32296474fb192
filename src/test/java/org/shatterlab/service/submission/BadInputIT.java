package org.shatterlab.service.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests that the service rejects invalid requests with a problem document that names the error, and stores nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @AfterEach
    void assertNothingIsStored() {
        assertThat(service.count("experiment")).isZero();
        assertThat(service.count("cell")).isZero();
    }

    static Stream<Arguments> invalidSpecs() {
        return Stream.of(
                arguments("{\"runs\": 5, \"depths\": [1], \"netwroks\": []}", List.of("/netwroks", "/networks")),
                arguments(network("\"widht\": 5"), List.of("/networks/0/widht")),
                arguments(network("\"width\": 0"), List.of("/networks/0/width")),
                arguments(network("\"width\": 1000000"), List.of("/networks/0/width")),
                arguments(network("\"width\": \"200\""), List.of("/networks/0/width")),
                arguments(network("\"depths\": []"), List.of("/networks/0/depths")),
                arguments(network("\"depths\": [-1]"), List.of("/networks/0/depths/0")),
                arguments(network("\"firstBiasStd\": 1e999"), List.of("/networks/0/firstBiasStd")),
                arguments(
                        "{\"networks\": [{\"family\": \"feedforward\"}], \"depths\": [1], \"inputs\": {\"type\": \"grid\", \"points\": 1}}",
                        List.of("/inputs/points")),
                arguments(
                        "{\"networks\": [{\"family\": \"feedforward\"}, {\"family\": \"feedforward\"}], \"depths\": [1]}",
                        List.of("/networks/1/label")),
                arguments(
                        "{\"networks\": [{\"family\": \"resnt\", \"width\": 0}], \"depths\": [-1], \"runs\": 0, \"seed\": \"x\"}",
                        List.of("/networks/0/family", "/networks/0/width", "/depths/0", "/runs", "/seed")),
                arguments("{\"preset\": \"figure-3000\"}", List.of("/preset")),
                arguments("[]", List.of("")),
                arguments("null", List.of("")));
    }

    /** These specifications break rules of the science, not of the format. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'family': 'highway', 'gamma2': 1.2 | 'type': 'grid' | /networks/0/gamma2 | gamma1^2 + gamma2^2 = 1",
                "'family': 'highway', 'gamma1': 0.9, 'gamma2': 0.9 | 'type': 'grid' | /networks/0/gamma1 | gamma1^2 + gamma2^2 = 1",
                "'family': 'feedforward', 'normalization': 'batch-norm' | 'type': 'gaussian', 'points': 1 | /inputs/points | integer from 2",
                "'family': 'feedforward' | 'type': 'grid' | /statistics/0 | needs inputs of at least 2 dimensions",
                "'family': 'feedforward', 'activation': 'crelu', 'slope': 0.5 | 'type': 'gaussian' | /networks/0/slope | applies to activation \"prelu\" only",
                "'family': 'feedforward', 'initialization': 'looks-linear' | 'type': 'gaussian' | /networks/0/initialization | needs activation \"crelu\"",
                "'family': 'feedforward' | 'type': 'dataset', 'name': 'cifar-10' | /inputs/name | no file data_batch_1.bin",
            })
    void namesTheBrokenRule(String network, String inputs, String pointer, String rule) {
        String body = "{'networks': [{%s}], 'depths': [1], 'inputs': {%s}, 'statistics': ['effective-rank']}"
                .formatted(network, inputs)
                .replace('\'', '"');
        JsonNode violations =
                problem(service.submit(body), 422, "invalid-request").get("violations");
        assertThat(violations).anySatisfy(violation -> {
            assertThat(violation.get("pointer").asString()).isEqualTo(pointer);
            assertThat(violation.get("message").asString()).contains(rule);
        });
    }

    private static String network(String field) {
        return "{\"networks\": [{\"family\": \"feedforward\", " + field + "}], \"depths\": [1]}";
    }

    @ParameterizedTest
    @MethodSource("invalidSpecs")
    void reportsAllViolations(String body, List<String> pointers) {
        JsonNode problem = problem(service.submit(body), 422, "invalid-request");
        assertThat(StreamSupport.stream(problem.get("violations").spliterator(), false)
                        .map(violation -> violation.get("pointer").asString()))
                .containsAll(pointers);
        assertThat(problem.get("violations"))
                .allSatisfy(violation ->
                        assertThat(violation.get("message").asString()).isNotBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"runs\": NaN}", "{\"runs\": 1, \"runs\": 2}", "{} {}", "\u0000", "runs"})
    void rejectsMalformedJson(String body) {
        problem(service.submit(body), 400, "malformed-request");
    }

    @Test
    void rejectsMalformedUtf8() {
        byte[] body = "{\"name\": \"x\"}".getBytes(StandardCharsets.UTF_8);
        body[10] = (byte) 0xc3;
        problem(service.post("/api/v1/experiments", body, "application/json"), 400, "malformed-request");
    }

    @Test
    void rejectsUnsupportedContentType() {
        byte[] body = "{\"preset\": \"figure-2\"}".getBytes(StandardCharsets.UTF_8);
        for (String type : new String[] {"text/plain", "application/xml", "application/x-www-form-urlencoded"}) {
            for (String path : List.of("/api/v1/experiments", "/api/v1/experiments/estimate")) {
                HttpResponse<String> response = service.post(path, body, type);
                problem(response, 415, "unsupported-media-type");
                assertThat(response.headers().firstValue("Accept")).hasValue("application/json");
            }
        }
    }

    @Test
    void rejectsTooLargeBody() {
        byte[] body = new byte[5 << 20];
        Arrays.fill(body, (byte) ' ');
        problem(service.post("/api/v1/experiments", body, "application/json"), 413, "body-too-large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/experiments/nothing",
                "/api/v1/experiments/01a207bf-87b2-7969-b8cf-0a7bf5febb19",
                "/api/v1/experiments/01a207bf-87b2-7969-b8cf-0a7bf5febb19/results",
                "/api/v1/presets/figure-3000",
                "/api/v2",
                "/"
            })
    void reportsMissingResources(String path) {
        problem(service.get(path), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/presets/a%2Fb", "/api/v1/presets/%00", "/api/v1/presets/%ff"})
    void returnsProblemsForMalformedAddresses(String path) {
        problem(service.get(path), 400, "malformed-request");
    }

    @Test
    void rejectsUnknownParameter() {
        byte[] body = "{\"preset\": \"figure-2\"}".getBytes(StandardCharsets.UTF_8);
        JsonNode problem = problem(
                service.post("/api/v1/experiments?dryRum=true", body, "application/json"), 422, "invalid-request");
        assertThat(problem.get("violations").get(0).get("pointer").asString()).isEqualTo("?dryRum");
    }

    @Test
    void limitsAnswerToUnknownParameters() {
        String query = IntStream.range(0, 900).mapToObj(i -> "x" + i).collect(Collectors.joining("&"));
        HttpResponse<String> response = service.get("/api/v1/theory?" + query);
        problem(response, 422, "invalid-request");
        assertThat(response.body()).hasSizeLessThan(40_000).contains("more violations");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "identity, gzip", "x"})
    void rejectsCompressedBody(String encoding) {
        HttpResponse<String> response = service.call("POST", "/api/v1/experiments", "{}", "Content-Encoding", encoding);
        problem(response, 415, "unsupported-media-type");
        assertThat(response.headers().firstValue("Accept-Encoding")).hasValue("identity");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state=DONE",
                "state=queued",
                "name=",
                "name=a%00b",
                "preset=figure-3000",
                "createdAfter=yesterday",
                "createdAfter=%2B1000000-01-01T00:00:00Z",
                "limit=0",
                "limit=501",
                "cursor=x",
                "cursor=MQ",
                "cursor=%2B",
                "order=name"
            })
    void rejectsInvalidParametersOfTheList(String query) {
        JsonNode problem = problem(service.get("/api/v1/experiments?" + query), 422, "invalid-request");
        assertThat(problem.get("violations").get(0).get("pointer").asString())
                .isEqualTo("?" + query.replaceFirst("=.*", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait=0", "wait=61", "wait=", "wait=a", "wait=1&wait=2", "weight=1"})
    void rejectsInvalidParametersOfAnExperiment(String query) {
        problem(
                service.get("/api/v1/experiments/01a207bf-87b2-7969-b8cf-0a7bf5febb19?" + query),
                422,
                "invalid-request");
    }

    @Test
    void rejectsInvalidIdempotencyKeys() {
        String spec = "{\"networks\": [{\"family\": \"white-noise\"}], \"inputs\": {\"type\": \"grid\"}}";
        for (String key : List.of("", "x".repeat(256), "a\tb")) {
            HttpResponse<String> response = service.call("POST", "/api/v1/experiments", spec, "Idempotency-Key", key);
            problem(response, 400, "malformed-request");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "01a207bf-87b2-7969-b8cf-0a7bf5febb19"})
    void rejectsChangesOfMissingExperiments(String id) {
        problem(service.call("POST", "/api/v1/experiments/" + id + "/cancel", ""), 404, "not-found");
        problem(service.call("POST", "/api/v1/experiments/" + id + "/retry", ""), 404, "not-found");
        problem(service.call("DELETE", "/api/v1/experiments/" + id, ""), 404, "not-found");
    }

    @Test
    void rejectsUnsupportedMethodsAndMediaTypes() {
        problem(service.call("PUT", "/api/v1/experiments", "{}"), 405, "method-not-allowed");
        for (String method : List.of("GET", "DELETE")) {
            HttpResponse<String> response = service.call(method, "/api/v1/experiments/estimate", "");
            problem(response, 405, "method-not-allowed");
            assertThat(response.headers().firstValue("Allow")).hasValue("POST");
        }
        problem(service.get("/api/v1/presets", "Accept", "image/png"), 406, "not-acceptable");
    }

    private JsonNode problem(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = service.json.readTree(response.body());
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("code").asString()).isEqualTo(code);
        assertThat(problem.get("type").asString()).isEqualTo("urn:shatterlab:problem:" + code);
        assertThat(problem.get("title").asString()).isNotBlank();
        assertThat(problem.get("detail").asString()).isNotBlank();
        assertThat(problem.get("instance").asString()).isEqualTo(response.uri().getRawPath());
        return problem;
    }
}
