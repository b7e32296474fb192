package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
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
import org.shatterlab.ShatterlabApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.security.core.userdetails.UserDetailsService;
import tools.jackson.databind.JsonNode;

/** Who may do what: every operation of the contract, asked by everyone whom there could be. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class SecurityIT {

    private static final String READER = "reader-8d1f0c5b7e9a4f62";
    private static final String WRITER = "writer-3b6c2e8f1a7d4950";
    private static final String BOTH = "both-5e9a7c1d3f8b2460";
    private static final String EXPIRED = "expired-0f4b8d2c6a1e3957";
    private static final String UNKNOWN = "unknown-9c3e5a7b1d8f2046";
    private static final String PAGE = "https://lab.example.org";
    private static final String NONE = "";

    private static final String EXPERIMENT = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5, "seed": %d}""";

    private TokenIssuer issuer;
    private Service service;

    /**
     * Someone who asks.
     *
     * @param authorization the header; empty for none
     * @param scopes what is allowed; null where the header is no valid token
     */
    private record Caller(
            String name, String authorization, @Nullable Set<String> scopes) {}

    @BeforeAll
    void start(@TempDir Path data) {
        issuer = TokenIssuer.start(0);
        service = start(data, issuer.address());
    }

    private static Service start(Path data, String issuer, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuer,
                "--spring.security.oauth2.resourceserver.jwt.audiences=" + TokenIssuer.AUDIENCE,
                "--shatterlab.security.allowed-origins=" + PAGE));
        arguments.addAll(token("reader", READER, "read"));
        arguments.addAll(token("writer", WRITER, "write"));
        arguments.addAll(token("both", BOTH, "read,write"));
        arguments.addAll(token("expired", EXPIRED, "read,write"));
        arguments.add(
                "--shatterlab.security.tokens.expired.expires=" + Instant.now().minusSeconds(1));
        arguments.addAll(List.of(more));
        return open(data, arguments);
    }

    private static List<String> token(String name, String token, String scopes) {
        String place = "--shatterlab.security.tokens." + name;
        return List.of(place + ".sha256=" + sha256(token), place + ".scopes=" + scopes);
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts an API that also says of each request that is let through whose it is. */
    private static Service open(Path data, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--shatterlab.welcome=false",
                "--shatterlab.roles=api",
                "--shatterlab.data-dir=" + data));
        arguments.addAll(TestDatabase.arguments(data));
        arguments.addAll(more);
        return Service.of(new SpringApplicationBuilder(ShatterlabApplication.class)
                .initializers(SecurityIT::addPrincipal)
                .run(arguments.toArray(String[]::new)));
    }

    private static void addPrincipal(ConfigurableApplicationContext context) {
        Filter filter = (request, response, chain) -> {
            Principal principal = ((HttpServletRequest) request).getUserPrincipal();
            ((HttpServletResponse) response).setHeader("X-Principal", principal == null ? "none" : principal.getName());
            chain.doFilter(request, response);
        };
        ((GenericApplicationContext) context).registerBean("principalFilter", Filter.class, () -> filter);
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
        RSAKey otherKey = TokenIssuer.key();
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
                new Caller("JWT of a token's name", "Bearer " + issuer.sign(scoped().subject("token:both")), all),
                new Caller(
                        "expired JWT",
                        "Bearer "
                                + issuer.sign(scoped().expirationTime(
                                                Date.from(Instant.now().minusSeconds(120)))),
                        null),
                new Caller(
                        "JWT of the future",
                        "Bearer "
                                + issuer.sign(scoped().notBeforeTime(
                                                Date.from(Instant.now().plusSeconds(120)))),
                        null),
                new Caller("JWT of another key", "Bearer " + TokenIssuer.sign(scoped(), otherKey), null),
                new Caller("JWT of another issuer", "Bearer " + issuer.sign(scoped().issuer("http://x")), null),
                new Caller("JWT for another service", "Bearer " + issuer.sign(scoped().audience("x")), null),
                new Caller("JWT of nobody", "Bearer " + issuer.sign(scoped().subject(null)), null),
                new Caller("JWT without a signature", "Bearer " + new PlainJWT(scoped().build()).serialize(), null));
    }

    private JWTClaimsSet.Builder scoped() {
        return issuer.claims().claim("scope", "read write");
    }

    private HttpResponse<String> ask(Service service, String method, String address, String authorization) {
        return authorization.isEmpty()
                ? service.call(method, address, NONE)
                : service.call(method, address, NONE, "Authorization", authorization);
    }

    static Stream<String> operations() {
        return Contract.COMMITTED.operations().stream();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyOperationIsForThoseWithItsScope(String operation) {
        String method = operation.substring(0, operation.indexOf(' '));
        String address = Contract.COMMITTED.address(operation);
        boolean isPublic = operation.equals("GET /openapi.yaml");
        String scope = method.equals("GET") ? "read" : "write";
        HttpResponse<String> nobody = ask(service, method, address, NONE);
        assertThat(nobody.statusCode()).isEqualTo(isPublic ? 200 : 401);
        if (!isPublic) {
            assertThat(nobody.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        }
        for (Caller caller : callers()) {
            HttpResponse<String> answer = ask(service, method, address, caller.authorization());
            String asked = caller.name() + ": " + operation;
            if (caller.scopes() == null) {
                assertThat(answer.statusCode()).as(asked).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate"))
                        .as(asked)
                        .hasValue("Bearer error=\"invalid_token\"");
            } else if (isPublic || caller.scopes().contains(scope)) {
                assertThat(answer.statusCode()).as(asked).isNotIn(401, 403).isLessThan(500);
            } else {
                assertThat(answer.statusCode()).as(asked).isEqualTo(403);
                assertThat(answer.headers().firstValue("WWW-Authenticate"))
                        .as(asked)
                        .hasValue("Bearer error=\"insufficient_scope\", scope=\"" + scope + "\"");
                assertThat(answer.body()).as(asked).contains("lacks the scope \\\"" + scope + "\\\"");
            }
        }
    }

    @Test
    void principalsOfBothKindsHaveNamesThatCannotMeet() {
        assertThat(principal("Bearer " + READER)).isEqualTo("token:reader");
        assertThat(principal(jwt("scope", "read"))).isEqualTo("jwt:ann");
        assertThat(principal("Bearer " + issuer.sign(scoped().subject("token:reader"))))
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
    void theProbesAndTheContractAreForEveryone(String address) {
        assertThat(service.get(address).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /", "GET, /api/v1", "GET, /nothing", "GET, /actuator", "GET, /actuator/sbom", "GET, /actuator/env",
        "GET, /login", "GET, /logout", "POST, /logout", "GET, /error", "HEAD, /api/v1/presets",
                "OPTIONS, /api/v1/presets",
        "BREW, /api/v1/presets", "GET, /.well-known/oauth-protected-resource", "GET, /default-ui.css",
    })
    void whateverElseThereIsNeedsAToken(String method, String address) {
        assertThat(service.call(method, address, NONE).statusCode()).isEqualTo(401);
    }

    /** Other ways to write the address of what needs a token, by way of what needs none. */
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
    void noDetourLeadsAroundTheToken(String address) throws IOException {
        RawHttp.Answer answer = raw("GET " + address + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answer.status()).isIn(400, 401, 404);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains("\"code\"")
                .doesNotContain("figure-1");
    }

    private RawHttp.Answer raw(String request) throws IOException {
        return RawHttp.exchange(service.port(), request.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    @Test
    void whatTheServiceIsMadeOfIsForReaders() {
        assertThat(service.with(WRITER).get("/actuator/sbom").statusCode()).isEqualTo(403);
        HttpResponse<String> sbom = service.with(READER).get("/actuator/sbom/application");
        assertThat(sbom.statusCode()).isEqualTo(200);
        JsonNode document = service.json.readTree(sbom.body());
        assertThat(document.get("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(document.get("components"))
                .extracting(component -> component.get("name").asString())
                .contains("spring-security-core", "pytorch-engine")
                .doesNotContain("archunit");
        assertThat(service.with(READER).get("/actuator/env").statusCode()).isEqualTo(404);
    }

    @Test
    void anExperimentIsFollowedWithAToken() {
        Service both = service.with(BOTH);
        HttpResponse<String> accepted = both.submit(EXPERIMENT.formatted(1));
        assertThat(accepted.statusCode()).isEqualTo(202);
        String self =
                service.json.readTree(accepted.body()).get("links").get("self").asString();
        HttpResponse<String> first = both.get(self);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(first.headers().allValues("Cache-Control")).containsExactly("private, no-cache");
        assertThat(both.get(self, "If-None-Match", tag).statusCode()).isEqualTo(304);
        // Answered by another thread than the one that knew the token.
        assertThat(both.get(self + "?wait=1", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        assertThat(service.with(READER).call("DELETE", self, NONE).statusCode()).isEqualTo(403);
        assertThat(service.with(READER).call("HEAD", self, NONE).statusCode()).isEqualTo(200);
        assertThat(service.with(WRITER).call("HEAD", self, NONE).statusCode()).isEqualTo(403);
        assertThat(both.call("POST", self + "/cancel", NONE).statusCode()).isEqualTo(202);
        assertThat(both.call("DELETE", self, NONE).statusCode()).isEqualTo(204);
    }

    @Test
    void browsersAreToldToTrustNothing() {
        for (HttpResponse<String> answer : List.of(
                service.get("/api/v1/presets"),
                service.with(READER).get("/api/v1/presets"),
                service.with(READER).get("/nothing"),
                service.get("/docs/index.html"))) {
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
            assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
            assertThat(answer.headers().allValues("Content-Security-Policy"))
                    .singleElement()
                    .asString()
                    .startsWith("default-src 'none';")
                    .contains("frame-ancestors 'none'");
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(service.get("/docs/index.html").headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .contains("script-src 'self'");
        assertThat(service.get("/api/v1/presets").headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .doesNotContain("script-src");
        assertThat(service.has(UserDetailsService.class)).isFalse();
    }

    @Test
    void pagesOfAllowedOriginsMayUseIt() {
        HttpResponse<String> preflight = service.call(
                "OPTIONS",
                "/api/v1/experiments",
                NONE,
                "Origin",
                PAGE,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue(PAGE);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
                .get()
                .asString()
                .contains("authorization");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
        for (HttpResponse<String> answer : List.of(
                service.get("/api/v1/presets", "Origin", PAGE),
                service.with(READER).get("/api/v1/presets", "Origin", PAGE),
                service.with(READER).get("/api/v1/presets/nothing", "Origin", PAGE))) {
            assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
                    .as("%d", answer.statusCode())
                    .containsExactly(PAGE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://evil.example", "http://lab.example.org", "https://lab.example.org:444", "null", "\\"})
    void pagesOfOtherOriginsMayNot(String origin) {
        for (HttpResponse<String> answer : List.of(
                service.with(BOTH).get("/api/v1/presets", "Origin", origin),
                service.call(
                        "OPTIONS",
                        "/api/v1/experiments",
                        NONE,
                        "Origin",
                        origin,
                        "Access-Control-Request-Method",
                        "POST"))) {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(service.json.readTree(answer.body()).get("code").asString())
                    .isEqualTo("forbidden");
        }
    }

    @Test
    void anIssuerThatIsAwayConcernsItsOwnTokensAlone(@TempDir Path data, CapturedOutput output) throws IOException {
        int port = Node.freePort();
        try (Service other = start(data, "http://127.0.0.1:" + port)) {
            String unverified = issuer.sign(scoped());
            try (ServerSocket _ = new ServerSocket(port, 9, InetAddress.getLoopbackAddress())) {
                Instant before = Instant.now();
                assertThat(other.with(unverified).get("/api/v1/presets").statusCode())
                        .as("an issuer that never answers")
                        .isEqualTo(503);
                assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
            }
            HttpResponse<String> away = other.with(unverified).get("/api/v1/presets");
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.body()).contains("\"issuer-away\"").doesNotContain(String.valueOf(port));
            assertThat(output).contains("the issuer of tokens does not answer").doesNotContain(unverified);
            assertThat(other.with(READER).get("/api/v1/presets").statusCode()).isEqualTo(200);
            assertThat(other.with(UNKNOWN).get("/api/v1/presets").statusCode()).isEqualTo(401);
            try (TokenIssuer back = TokenIssuer.start(port)) {
                String token = back.sign(back.claims().claim("scope", "read"));
                assertThat(other.with(token).get("/api/v1/presets").statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void withoutTokensItIsForThisMachineAlone(@TempDir Path data) throws IOException {
        try (Service open = open(data, List.of())) {
            for (String authorization : List.of(NONE, "Bearer " + UNKNOWN, "Basic YTpi")) {
                HttpResponse<String> answer = ask(open, "GET", "/api/v1/presets", authorization);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("X-Principal")).hasValue("none");
            }
            assertThat(open.submit(EXPERIMENT.formatted(2)).statusCode()).isEqualTo(202);
            assertThat(open.get("/api/v1/presets", "Origin", "http://127.0.0.1:" + open.port())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(open.call("POST", "/api/v1/experiments/x/retry", NONE, "Origin", "https://evil.example")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(status(open, "localhost:8080")).isEqualTo(200);
            assertThat(status(open, "[::1]:8080")).isEqualTo(200);
            // As the check of a container's health asks.
            byte[] hostless = "GET /actuator/health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(RawHttp.exchange(open.port(), hostless, false).status()).isEqualTo(200);
            for (String host :
                    List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1")) {
                assertThat(status(open, host)).as(host).isEqualTo(403);
            }
        }
    }

    private static int status(Service service, String host) throws IOException {
        String request = "GET /api/v1/presets HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        return RawHttp.exchange(service.port(), request.getBytes(StandardCharsets.US_ASCII), false)
                .status();
    }

    @Test
    void aWorkerServesItsHealthAlone(@TempDir Path data) {
        try (Service worker = Service.start(data, "--shatterlab.roles=worker", "--shatterlab.worker.threads=1")) {
            assertThat(worker.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            assertThat(worker.get("/actuator/sbom").statusCode()).isEqualTo(401);
            assertThat(worker.get("/api/v1/presets").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void anApiForOtherMachinesThatAsksNobodyDoesNotStart(@TempDir Path data, CapturedOutput output) {
        assertThatThrownBy(() -> open(data, List.of("--server.address=0.0.0.0")).close())
                .hasStackTraceContaining("UnprotectedApiException");
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "The API would listen on 0.0.0.0 and ask nobody who they are.",
                        "SHATTERLAB_SECURITY_TOKENS_<NAME>_SHA256",
                        "SERVER_ADDRESS=127.0.0.1")
                .doesNotContain("\tat org.shatterlab", "security password");
    }

    /** What is sent in the header is a secret wherever it is broken; elsewhere it is as long as nobody asks for details. */
    @ParameterizedTest
    @CsvSource({"WARN, true", "DEBUG, false"})
    void secretsAreNeitherLoggedNorAnswered(LogLevel level, boolean elsewhereToo, CapturedOutput output)
            throws IOException {
        String secret = "hush" + System.nanoTime();
        String jwt = issuer.sign(scoped());
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
                    RawHttp.Answer answer =
                            raw(line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + header + "\r\n\r\n");
                    assertThat(answer.headers() + new String(answer.body(), StandardCharsets.UTF_8))
                            .as("%s, %s", line, header)
                            .doesNotContain(hidden.toArray(String[]::new));
                }
            }
            if (elsewhereToo) {
                for (String caller : List.of(READER, BOTH, UNKNOWN)) {
                    service.with(caller).get("/api/v1/presets?access_token=" + secret);
                    service.with(caller).get("/api/v1/presets/" + secret);
                    service.with(caller).submit("{\"access_token\": \"" + secret + "\"}");
                    service.with(caller).call("POST", "/api/v1/experiments", secret);
                }
                assertThat(service.get("/api/v1/presets?access_token=" + secret).body())
                        .doesNotContain(secret);
                assertThat(service.submit("{\"access_token\": \"" + secret + "\"}")
                                .body())
                        .doesNotContain(secret);
            } else {
                assertThat(output).as("the level has an effect").contains("Securing GET /api/v1/presets");
            }
        } finally {
            logging.setLogLevel("org.springframework.security", null);
        }
        assertThat(output.getAll()).doesNotContain(hidden.toArray(String[]::new));
    }
}
