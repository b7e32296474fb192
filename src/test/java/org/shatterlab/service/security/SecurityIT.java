package org.shatterlab.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.service.support.SecuredService.BOTH;
import static org.shatterlab.service.support.SecuredService.EXPERIMENT;
import static org.shatterlab.service.support.SecuredService.EXPIRED;
import static org.shatterlab.service.support.SecuredService.NONE;
import static org.shatterlab.service.support.SecuredService.READER;
import static org.shatterlab.service.support.SecuredService.UNKNOWN;
import static org.shatterlab.service.support.SecuredService.WRITER;
import static org.shatterlab.service.support.SecuredService.call;
import static org.shatterlab.service.support.SecuredService.sha256;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.PlainJWT;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Contract;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.SecuredService;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.TokenIssuer;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Tests the permissions of every kind of caller for every operation of the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class SecurityIT {

    private TokenIssuer issuer;
    private Service service;

    /**
     * A caller of the API.
     *
     * @param name name in failure messages
     * @param authorization value of the {@code Authorization} header; empty for no header
     * @param scopes scopes of the caller; null if the header holds no valid token
     */
    private record Caller(
            String name, String authorization, @Nullable Set<String> scopes) {}

    @BeforeAll
    void start(@TempDir Path data) {
        issuer = TokenIssuer.start(0);
        service = SecuredService.start(data, issuer.address());
    }

    @AfterAll
    void stop() {
        service.close();
        issuer.close();
    }

    private String jwt(@Nullable String claim, @Nullable Object scopes) {
        return "Bearer "
                + issuer.sign(claim == null ? issuer.claims() : issuer.claims().claim(claim, scopes));
    }

    private List<Caller> callers() {
        Set<String> all = Set.of("read", "write");
        RSAKey otherKey = TokenIssuer.generateKey();
        return List.of(
                new Caller("reader", "Bearer " + READER, Set.of("read")),
                new Caller("writer", "Bearer " + WRITER, Set.of("write")),
                new Caller("both", "Bearer " + BOTH, all),
                new Caller("both, in lower case", "bearer " + BOTH, all),
                new Caller("expired", "Bearer " + EXPIRED, null),
                new Caller("unknown", "Bearer " + UNKNOWN, null),
                new Caller("a hash", "Bearer " + sha256(BOTH), null),
                new Caller("garbage", "Bearer a b", null),
                new Caller("an empty token", "Bearer", null),
                new Caller("a token twice", "Bearer " + BOTH + ", Bearer " + BOTH, null),
                new Caller("dots", "Bearer a.b.c", null),
                new Caller("JWT", jwt("scope", "openid read write"), all),
                new Caller("JWT of a reader", jwt("scp", List.of("read")), Set.of("read")),
                new Caller("JWT without scopes", jwt(null, null), Set.of()),
                new Caller("JWT with other scopes", jwt("scope", "READ reader readwrite"), Set.of()),
                new Caller(
                        "JWT of a token's name",
                        "Bearer " + issuer.sign(issuer.scoped().subject("token:both")),
                        all),
                new Caller(
                        "expired JWT",
                        "Bearer "
                                + issuer.sign(issuer.scoped()
                                        .expirationTime(Date.from(Instant.now().minusSeconds(120)))),
                        null),
                new Caller(
                        "JWT of the future",
                        "Bearer "
                                + issuer.sign(issuer.scoped()
                                        .notBeforeTime(Date.from(Instant.now().plusSeconds(120)))),
                        null),
                new Caller("JWT of another key", "Bearer " + TokenIssuer.sign(issuer.scoped(), otherKey), null),
                new Caller(
                        "JWT of another issuer",
                        "Bearer " + issuer.sign(issuer.scoped().issuer("http://x")),
                        null),
                new Caller(
                        "JWT for another service",
                        "Bearer " + issuer.sign(issuer.scoped().audience("x")),
                        null),
                new Caller(
                        "JWT of nobody", "Bearer " + issuer.sign(issuer.scoped().subject(null)), null),
                new Caller(
                        "JWT without a signature",
                        "Bearer " + new PlainJWT(issuer.scoped().build()).serialize(),
                        null));
    }

    static Stream<String> operations() {
        return Contract.COMMITTED.operations().stream();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void requiresScopeOfEveryOperation(String operation) {
        String method = operation.substring(0, operation.indexOf(' '));
        String address = Contract.COMMITTED.examplePath(operation);
        boolean isPublic = operation.equals("GET /openapi.yaml");
        String scope = method.equals("GET") ? "read" : "write";
        HttpResponse<String> anonymous = call(service, method, address, NONE);
        assertThat(anonymous.statusCode()).isEqualTo(isPublic ? 200 : 401);
        if (!isPublic) {
            assertThat(anonymous.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        }
        for (Caller caller : callers()) {
            HttpResponse<String> response = call(service, method, address, caller.authorization());
            String asked = caller.name() + ": " + operation;
            if (caller.scopes() == null) {
                assertThat(response.statusCode()).as(asked).isEqualTo(401);
                assertThat(response.headers().firstValue("WWW-Authenticate"))
                        .as(asked)
                        .hasValue("Bearer error=\"invalid_token\"");
            } else if (isPublic || caller.scopes().contains(scope)) {
                assertThat(response.statusCode()).as(asked).isNotIn(401, 403).isLessThan(500);
            } else {
                assertThat(response.statusCode()).as(asked).isEqualTo(403);
                assertThat(response.headers().firstValue("WWW-Authenticate"))
                        .as(asked)
                        .hasValue("Bearer error=\"insufficient_scope\", scope=\"" + scope + "\"");
                assertThat(response.body()).as(asked).contains("lacks the scope \\\"" + scope + "\\\"");
            }
        }
    }

    @Test
    void keepsPrincipalNamesOfKindsApart() {
        assertThat(principal("Bearer " + READER)).isEqualTo("token:reader");
        assertThat(principal(jwt("scope", "read"))).isEqualTo("jwt:ann");
        assertThat(principal("Bearer " + issuer.sign(issuer.scoped().subject("token:reader"))))
                .isEqualTo("jwt:token:reader");
    }

    private String principal(String authorization) {
        return service.get("/api/v1/presets", "Authorization", authorization)
                .headers()
                .firstValue("X-Principal")
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/openapi.yaml",
                "/docs",
                "/docs/index.html",
                "/docs/docs.js",
                "/webjars/swagger-ui/swagger-ui-bundle.js"
            })
    void servesProbesAndContractWithoutToken(String address) {
        assertThat(service.get(address).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /", "GET, /api/v1", "GET, /nothing", "GET, /actuator", "GET, /actuator/sbom", "GET, /actuator/env",
        "GET, /login", "GET, /logout", "POST, /logout", "GET, /error", "HEAD, /api/v1/presets",
                "OPTIONS, /api/v1/presets",
        "BREW, /api/v1/presets", "GET, /.well-known/oauth-protected-resource", "GET, /default-ui.css",
    })
    void requiresTokenEverywhereElse(String method, String address) {
        assertThat(service.call(method, address, NONE).statusCode()).isEqualTo(401);
    }

    /** The addresses are detours to resources that need a token, by way of resources that need none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/docs/../api/v1/presets",
                "/docs/%2e%2e/api/v1/presets",
                "/docs/..;/api/v1/presets",
                "/docs;/../api/v1/presets",
                "/docs/x/../../api/v1/presets",
                "/docs/..%5capi/v1/presets",
                "/webjars/../api/v1/presets",
                "/webjars/..;a=b/api/v1/presets",
                "/openapi.yaml/../api/v1/presets",
                "/openapi.yaml;/../api/v1/presets",
                "/actuator/health/../sbom",
                "/actuator/health/..;/sbom/application",
                "/actuator/health/%2e%2e/sbom",
                "//api/v1/presets",
                "/api/v1//presets",
                "/api/v1/presets/",
                "/api/v1/presets;x=y",
                "/api/v1/./presets",
                "/API/v1/presets",
                "/api/v1/presets.json",
                "/docs/../application.yaml",
                "/docs/%2e%2e/application.yaml",
                "/webjars/../../../../application.yaml"
            })
    void rejectsDetoursAroundTheToken(String address) throws IOException {
        RawHttp.RawResponse response = raw("GET " + address + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(response.status()).isIn(400, 401, 404);
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .contains("\"code\"")
                .doesNotContain("figure-1");
    }

    private RawHttp.RawResponse raw(String request) throws IOException {
        return RawHttp.exchange(service.port(), request.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    @Test
    void servesBillOfMaterialsToReaders() {
        assertThat(service.withToken(WRITER).get("/actuator/sbom").statusCode()).isEqualTo(403);
        HttpResponse<String> sbom = service.withToken(READER).get("/actuator/sbom/application");
        assertThat(sbom.statusCode()).isEqualTo(200);
        JsonNode document = service.json.readTree(sbom.body());
        assertThat(document.get("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(document.get("components"))
                .extracting(component -> component.get("name").asString())
                .contains("spring-security-core", "pytorch-engine")
                .doesNotContain("archunit");
        assertThat(service.withToken(READER).get("/actuator/env").statusCode()).isEqualTo(404);
    }

    @Test
    void authorizesRequestsForAnExperiment() {
        Service both = service.withToken(BOTH);
        HttpResponse<String> accepted = both.submit(String.format(Locale.ROOT, EXPERIMENT, 1));
        assertThat(accepted.statusCode()).isEqualTo(202);
        String self =
                service.json.readTree(accepted.body()).get("links").get("self").asString();
        HttpResponse<String> first = both.get(self);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(first.headers().allValues("Cache-Control")).containsExactly("private, no-cache");
        assertThat(both.get(self, "If-None-Match", tag).statusCode()).isEqualTo(304);
        // Another thread than the one that checked the token writes this response.
        assertThat(both.get(self + "?wait=1", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        assertThat(service.withToken(READER).call("DELETE", self, NONE).statusCode())
                .isEqualTo(403);
        assertThat(service.withToken(READER).call("HEAD", self, NONE).statusCode())
                .isEqualTo(200);
        assertThat(service.withToken(WRITER).call("HEAD", self, NONE).statusCode())
                .isEqualTo(403);
        assertThat(both.call("POST", self + "/cancel", NONE).statusCode()).isEqualTo(202);
        assertThat(both.call("DELETE", self, NONE).statusCode()).isEqualTo(204);
    }

    /**
     * The content of the header {@code Authorization} is always a secret, even if the header is malformed. Secrets in
     * other parts of a request are checked only at the log level WARN, because Spring Security logs addresses at DEBUG.
     */
    @ParameterizedTest
    @CsvSource({"WARN, true", "DEBUG, false"})
    void neitherLogsNorReturnsSecrets(LogLevel level, boolean checksOtherParts, CapturedOutput output)
            throws IOException {
        String secret = "hush" + System.nanoTime();
        String jwt = issuer.sign(issuer.scoped());
        String basic = Base64.getEncoder().encodeToString(("user:" + secret).getBytes(StandardCharsets.US_ASCII));
        List<String> headers = List.of(
                "Authorization: Bearer " + secret,
                "Authorization: Bearer " + secret + " x",
                "Authorization: Bearer " + secret + "\u0001",
                "Authorization: Bearer\t" + secret,
                "Authorization : Bearer " + secret,
                "Authorization: Bearer x\r\n " + secret,
                "Authorization: " + secret,
                "Authorization: Basic " + basic,
                "Authorization: Bearer " + jwt,
                "Authorization: Bearer " + jwt.substring(0, jwt.length() - 9),
                "Authorization: Bearer " + READER,
                "Authorization: Bearer " + READER + "\r\nAuthorization: Bearer " + secret,
                "Authorization " + secret);
        List<String> hidden = List.of(secret, basic, jwt.substring(0, jwt.length() - 9), READER);
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel("org.springframework.security", level);
        try {
            for (String header : headers) {
                for (String line : List.of(
                        "GET /api/v1/presets", "POST /api/v1/experiments", "GET /nothing", "GET /openapi.yaml")) {
                    RawHttp.RawResponse response =
                            raw(line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + header + "\r\n\r\n");
                    assertThat(response.headers() + new String(response.body(), StandardCharsets.UTF_8))
                            .as("%s, %s", line, header)
                            .doesNotContain(hidden.toArray(String[]::new));
                }
            }
            if (checksOtherParts) {
                for (String caller : List.of(READER, BOTH, UNKNOWN)) {
                    assertThat(service.withToken(caller)
                                    .get("/api/v1/presets?access_token=" + secret)
                                    .body())
                            .doesNotContain(secret);
                    service.withToken(caller).get("/api/v1/presets/" + secret);
                    service.withToken(caller).submit("{\"access_token\": \"" + secret + "\"}");
                    service.withToken(caller).call("POST", "/api/v1/experiments", secret);
                }
                assertThat(service.get("/api/v1/presets?access_token=" + secret).body())
                        .doesNotContain(secret);
                assertThat(service.submit("{\"access_token\": \"" + secret + "\"}")
                                .body())
                        .doesNotContain(secret);
            } else {
                assertThat(output).as("the log level takes effect").contains("Securing GET /api/v1/presets");
            }
        } finally {
            logging.setLogLevel("org.springframework.security", null);
        }
        assertThat(output.getAll()).doesNotContain(hidden.toArray(String[]::new));
    }
}
