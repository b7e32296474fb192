package org.shatterlab.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.shatterlab.service.support.SecuredService.EXPERIMENT;
import static org.shatterlab.service.support.SecuredService.NONE;
import static org.shatterlab.service.support.SecuredService.READER;
import static org.shatterlab.service.support.SecuredService.UNKNOWN;
import static org.shatterlab.service.support.SecuredService.call;
import static org.shatterlab.service.support.SecuredService.start;
import static org.shatterlab.service.support.SecuredService.startApi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import org.shatterlab.service.support.TokenIssuer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests other modes of authentication: an issuer that is unavailable, no authentication at all, and a worker. */
@ExtendWith(OutputCaptureExtension.class)
class SecurityModesIT {

    @Test
    void unavailableIssuerAffectsOnlyItsTokens(@TempDir Path data, CapturedOutput output) throws IOException {
        int port = ServiceNode.freePort();
        try (TokenIssuer issuer = TokenIssuer.start(0);
                Service other = start(data, "http://127.0.0.1:" + port)) {
            String unverified = issuer.sign(issuer.scoped());
            try (ServerSocket _ = new ServerSocket(port, 9, InetAddress.getLoopbackAddress())) {
                Instant before = Instant.now();
                assertThat(other.withToken(unverified).get("/api/v1/presets").statusCode())
                        .as("the issuer never responds")
                        .isEqualTo(503);
                assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
            }
            HttpResponse<String> away = other.withToken(unverified).get("/api/v1/presets");
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.body()).contains("\"issuer-away\"").doesNotContain(String.valueOf(port));
            assertThat(output).contains("The issuer of tokens does not answer").doesNotContain(unverified);
            assertThat(other.withToken(READER).get("/api/v1/presets").statusCode())
                    .isEqualTo(200);
            assertThat(other.withToken(UNKNOWN).get("/api/v1/presets").statusCode())
                    .isEqualTo(401);
            try (TokenIssuer back = TokenIssuer.start(port)) {
                String token = back.sign(back.claims().claim("scope", "read"));
                assertThat(other.withToken(token).get("/api/v1/presets").statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void servesOnlyThisMachineWithoutTokens(@TempDir Path data) throws IOException {
        try (Service open = startApi(data, List.of())) {
            for (String authorization : List.of(NONE, "Bearer " + UNKNOWN, "Basic YTpi")) {
                HttpResponse<String> response = call(open, "GET", "/api/v1/presets", authorization);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers().firstValue("X-Principal")).hasValue("none");
            }
            assertThat(open.submit(String.format(Locale.ROOT, EXPERIMENT, 2)).statusCode())
                    .isEqualTo(202);
            assertThat(open.get("/api/v1/presets", "Origin", "http://127.0.0.1:" + open.port())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(open.call("POST", "/api/v1/experiments/x/retry", NONE, "Origin", "https://evil.example")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(status(open, "localhost:8080")).isEqualTo(200);
            assertThat(status(open, "[::1]:8080")).isEqualTo(200);
            // The health check of a container sends HTTP/1.0 without the header Host.
            byte[] hostless = "GET /actuator/health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(RawHttp.exchange(open.port(), hostless, false).status()).isEqualTo(200);
            for (String host :
                    List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1")) {
                assertThat(status(open, host)).as(host).isEqualTo(403);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "framework"})
    void ignoresForwardedHostWithoutTokens(String strategy, @TempDir Path data) throws IOException {
        try (Service open = startApi(data, List.of("--server.forward-headers-strategy=" + strategy))) {
            assertThat(status(open, "evil.example", "X-Forwarded-Host: localhost"))
                    .isEqualTo(403);
            assertThat(status(open, "evil.example", "Forwarded: host=localhost"))
                    .isEqualTo(403);
            assertThat(status(open, "localhost", "X-Forwarded-Host: evil.example"))
                    .isEqualTo(403);
            assertThat(status(open, "localhost")).isEqualTo(200);
        }
    }

    @Test
    void rejectsRequestsOfForeignPages(@TempDir Path data) throws IOException {
        String origin = "https://lab.example.org";
        try (Service open = startApi(data, List.of("--shatterlab.security.allowed-origins=" + origin))) {
            for (String site : List.of("cross-site", "same-site")) {
                assertThat(status(open, "localhost", "Sec-Fetch-Site: " + site)).isEqualTo(403);
                assertThat(status(
                                open,
                                "localhost",
                                "Sec-Fetch-Site: " + site,
                                "Sec-Fetch-Mode: no-cors",
                                "Sec-Fetch-Dest: image"))
                        .isEqualTo(403);
                assertThat(status(
                                open,
                                "localhost",
                                "Sec-Fetch-Site: " + site,
                                "Sec-Fetch-Mode: navigate",
                                "Sec-Fetch-Dest: iframe"))
                        .isEqualTo(403);
                assertThat(status(
                                open,
                                "localhost",
                                "Sec-Fetch-Site: " + site,
                                "Sec-Fetch-Mode: cors",
                                "Origin: " + origin))
                        .as("a page of an allowed origin")
                        .isEqualTo(200);
                assertThat(status(
                                open,
                                "localhost",
                                "Sec-Fetch-Site: " + site,
                                "Sec-Fetch-Mode: navigate",
                                "Sec-Fetch-Dest: document"))
                        .as("a followed link")
                        .isEqualTo(200);
            }
            assertThat(status(open, "localhost", "Sec-Fetch-Site: same-origin")).isEqualTo(200);
            assertThat(status(open, "localhost", "Sec-Fetch-Site: none")).isEqualTo(200);
        }
    }

    private static int status(Service service, String host, String... headers) throws IOException {
        String request = "GET /api/v1/presets HTTP/1.1\r\nHost: " + host + "\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining()) + "\r\n";
        return RawHttp.exchange(service.port(), request.getBytes(StandardCharsets.US_ASCII), false)
                .status();
    }

    @Test
    void workerServesOnlyItsHealth(@TempDir Path data) {
        try (Service worker = Service.start(data, "--shatterlab.roles=worker", "--shatterlab.worker.threads=1")) {
            assertThat(worker.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            assertThat(worker.get("/actuator/sbom").statusCode()).isEqualTo(401);
            assertThat(worker.get("/api/v1/presets").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void rejectsUnprotectedApiForOtherMachines(@TempDir Path data, CapturedOutput output) {
        assertThatThrownBy(() ->
                        startApi(data, List.of("--server.address=0.0.0.0")).close())
                .hasStackTraceContaining("UnprotectedApiException");
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "The API would listen on 0.0.0.0 without authentication.",
                        "SHATTERLAB_SECURITY_TOKENS_<NAME>_SHA256",
                        "SERVER_ADDRESS=127.0.0.1")
                .doesNotContain("\tat org.shatterlab", "security password");
    }
}
