package org.shatterlab.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Contract;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.RawResponse;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;

/** Tests that no header of a request makes the service fail, on any path. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestHeadersIT {

    private static final String SPEC = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5}""";

    private static final String LANGUAGES = "en,de,fr,it,es,pt,nl,sv,da,fi,pl,ar-EG,x-y-z";

    /** Values on which clients, proxies and attackers have made servers fail. */
    private static final Map<String, List<String>> VALUES = Map.ofEntries(
            Map.entry(
                    "Accept",
                    List.of(
                            ",",
                            ";",
                            "/",
                            "*",
                            "*/json",
                            "text",
                            "text/",
                            "application/json;charset=utf-16",
                            "application/json;charset=nosuch",
                            "application/json;charset=\"",
                            "application/json;q=2",
                            "application/json;q=x",
                            "application/json;q=0",
                            "application/problem+json;charset=utf-16",
                            "text/csv;charset=utf-16, image/png, image/svg+xml;charset=utf-32",
                            "*/*;charset=utf-16;q=0.1",
                            "text/event-stream;charset=utf-16",
                            "application/*+json;v=3",
                            "a/b,".repeat(60),
                            "\u00e9/x")),
            Map.entry(
                    "Accept-Language",
                    List.of(",", ";", LANGUAGES, "*;q=", "en;q=2", "en,".repeat(600), "x-", "\u00e9")),
            Map.entry("Accept-Charset", List.of(",", "nosuch", "utf-16", "utf-8;q=x", "*;q=0")),
            Map.entry("Accept-Encoding", List.of(",", "gzip", "identity;q=0", "*;q=0", ";")),
            Map.entry(
                    "Range",
                    List.of("bytes=0-0", "bytes=9-1", "bytes=-", "bytes=99999999999999999999-", "lines=1", ",")),
            Map.entry("If-Range", List.of("x", "\"", "W/\"x\"", "Thu, 01 Jan 1970 00:00:00 GMT")),
            Map.entry(
                    "If-Modified-Since",
                    List.of("x", "0", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 99999 00:00:00 GMT")),
            Map.entry("If-Unmodified-Since", List.of("x", "-1", "Thu, 01 Jan 1970 00:00:00 GMT")),
            Map.entry("If-None-Match", List.of("*", ",", "\"", "W/", "x")),
            Map.entry("If-Match", List.of(",", "\"", "W/", "x")),
            Map.entry(
                    "Content-Type",
                    List.of(",", ";", "*/*", "application/json;charset=nosuch", "text", "\u00e9/x", "a/b;c")),
            Map.entry("Content-Encoding", List.of(",", "gzip", "identity", "identity, br", ";")),
            Map.entry("Expect", List.of("x", ",")),
            Map.entry("Forwarded", List.of(",", "for=", "host=\"", "proto=x;host=localhost:x", "for=\"[::1\"")),
            Map.entry("X-Forwarded-For", List.of(",", "x", "[::1", "127.0.0.1, y")),
            Map.entry("X-Forwarded-Host", List.of(",", "localhost:x", "localhost:99999", "[", "a b")),
            Map.entry("X-Forwarded-Port", List.of(",", "x", "-1", "99999", "")),
            Map.entry("X-Forwarded-Proto", List.of(",", "x", "https, http", ":")),
            Map.entry("X-Forwarded-Prefix", List.of(",", "lab", "/lab/", "//", "/%", "/a b", "/{")),
            Map.entry("X-Forwarded-Ssl", List.of("on", "x")),
            Map.entry("Cookie", List.of(",", "=", ";", "a=\"", "$Version=1", "JSESSIONID=x", "\u00e9=1")),
            Map.entry(
                    "Authorization",
                    List.of("", "Bearer", "Bearer ,", "Basic", "Basic !", "Basic YQ==", "Negotiate x", ",")),
            Map.entry("Origin", List.of("", "null", "x", "http://", "http://[")),
            Map.entry("Sec-Fetch-Site", List.of("", "x", "cross-site")),
            Map.entry("Last-Event-ID", List.of("", "x", "\u00e9")),
            Map.entry("Idempotency-Key", List.of("", "\u00e9", "x".repeat(300))),
            Map.entry("Connection", List.of("upgrade", ",", "x")),
            Map.entry("Upgrade", List.of("h2c", "websocket", ",")),
            Map.entry("X-HTTP-Method-Override", List.of("DELETE", ",")));

    private Service service;
    private Service forwarded;
    private String id = "";

    @BeforeAll
    void start(@TempDir Path data, @TempDir Path other) {
        service = Service.start(data);
        id = service.run(SPEC).get("id").asString();
        forwarded = Service.start(other, "--shatterlab.roles=api", "--server.forward-headers-strategy=framework");
    }

    @AfterAll
    void stop() {
        service.close();
        forwarded.close();
    }

    static Stream<String> requests() {
        return Stream.concat(
                Contract.COMMITTED.operations().stream()
                        .map(operation ->
                                operation.replaceFirst(" .*", " ") + Contract.COMMITTED.examplePath(operation)),
                Stream.of(
                        "GET /",
                        "GET /docs",
                        "GET /docs/index.html",
                        "GET /webjars/swagger-ui/swagger-ui.css",
                        "GET /actuator",
                        "GET /actuator/health",
                        "GET /actuator/health/liveness",
                        "GET /actuator/health/readiness",
                        "GET /actuator/sbom/application",
                        "HEAD /api/v1/presets",
                        "OPTIONS /api/v1/presets",
                        "PUT /nothing"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void answersEveryHeader(String request) throws IOException {
        String method = request.substring(0, request.indexOf(' '));
        String path = request.substring(request.indexOf(' ') + 1);
        List<String> failures = new ArrayList<>();
        for (Map.Entry<String, List<String>> header : VALUES.entrySet()) {
            for (String value : header.getValue()) {
                String line = header.getKey() + ": " + value;
                for (Service server :
                        header.getKey().contains("orward") ? List.of(service, forwarded) : List.of(service)) {
                    // The body is malformed, so that no request changes what the next request reads.
                    RawResponse response = RawHttp.exchange(
                            server.port(),
                            ServiceNode.request(method, path, method.equals("POST") ? "{" : "", line),
                            method.equals("HEAD"));
                    if (response.status() >= 500) {
                        failures.add(line + " -> " + response.status());
                    }
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/results", "/figures/figure-1.svg", "/events"})
    void answersEveryAcceptedTypeOfMeasuredExperiment(String part) throws IOException {
        for (String accept : VALUES.getOrDefault("Accept", List.of())) {
            String path = "/api/v1/experiments/" + id + part;
            RawResponse response =
                    RawHttp.exchange(service.port(), ServiceNode.request("GET", path, "", "Accept: " + accept), false);
            assertThat(response.status()).as(accept).isLessThan(500);
        }
    }

    @Test
    void answersBeforeItStoresAnything() throws IOException {
        long before = service.count("experiment");
        RawResponse stored = post("Accept: application/json;charset=utf-16");
        assertThat(stored.status()).isEqualTo(202);
        assertThat(stored.header("Content-Type")).hasValue("application/json");
        assertThat(service.count("experiment")).isEqualTo(before + 1);
        for (String accept : List.of("text/csv", "application/json;q=x", "*/json", "a/b,".repeat(60))) {
            assertThat(post("Accept: " + accept).status()).as(accept).isEqualTo(406);
        }
        assertThat(service.count("experiment")).isEqualTo(before + 1);
    }

    private RawResponse post(String header) throws IOException {
        return RawHttp.exchange(
                service.port(), ServiceNode.request("POST", "/api/v1/experiments", SPEC, header), false);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/presets, 'Accept-Language: " + LANGUAGES + "', 200",
        "/docs/index.html, 'Accept-Language: " + LANGUAGES + "', 200",
        "/actuator/health, 'Accept-Language: " + LANGUAGES + "', 200",
        "/actuator/health, 'Accept: ,', 200",
        "/actuator/health, 'Accept: x', 406",
        "/openapi.yaml, 'Accept: x', 406",
        "/docs/index.html, 'Accept: x', 406",
        "/api/v1/presets, 'Accept: application/json;charset=utf-16', 200",
        "/api/v1/presets, 'Content-Encoding: gzip', 200",
    })
    void answersWithStatus(String path, String header, int status) throws IOException {
        assertThat(RawHttp.exchange(service.port(), ServiceNode.request("GET", path, "", header), false)
                        .status())
                .isEqualTo(status);
    }
}
