package org.shatterlab.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.service.support.SecuredService.ALLOWED_ORIGIN;
import static org.shatterlab.service.support.SecuredService.BOTH;
import static org.shatterlab.service.support.SecuredService.NONE;
import static org.shatterlab.service.support.SecuredService.READER;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.SecuredService;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.TokenIssuer;
import org.springframework.security.core.userdetails.UserDetailsService;

/** Tests the security headers for browsers, and the origins whose pages may use the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecurityBrowsersIT {

    private TokenIssuer issuer;
    private Service service;

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

    @Test
    void sendsRestrictiveSecurityHeaders() {
        for (HttpResponse<String> response : List.of(
                service.get("/api/v1/presets"),
                service.withToken(READER).get("/api/v1/presets"),
                service.withToken(READER).get("/nothing"),
                service.get("/docs/index.html"))) {
            assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(response.headers().firstValue("X-Frame-Options")).hasValue("DENY");
            assertThat(response.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
            assertThat(response.headers().firstValue("Cross-Origin-Resource-Policy"))
                    .hasValue("same-origin");
            assertThat(response.headers().allValues("Content-Security-Policy"))
                    .singleElement()
                    .asString()
                    .startsWith("default-src 'none';")
                    .contains("frame-ancestors 'none'");
            assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(service.get("/docs/index.html").headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .contains("script-src 'self'");
        assertThat(service.get("/api/v1/presets").headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .doesNotContain("script-src");
        assertThat(service.hasBean(UserDetailsService.class)).isFalse();
    }

    @Test
    void allowsPagesOfConfiguredOrigins() {
        HttpResponse<String> preflight = service.call(
                "OPTIONS",
                "/api/v1/experiments",
                NONE,
                "Origin",
                ALLOWED_ORIGIN,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue(ALLOWED_ORIGIN);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
                .get()
                .asString()
                .contains("authorization");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
        for (HttpResponse<String> response : List.of(
                service.get("/api/v1/presets", "Origin", ALLOWED_ORIGIN),
                service.withToken(READER).get("/api/v1/presets", "Origin", ALLOWED_ORIGIN),
                service.withToken(READER).get("/api/v1/presets/nothing", "Origin", ALLOWED_ORIGIN))) {
            assertThat(response.headers().allValues("Access-Control-Allow-Origin"))
                    .as("%d", response.statusCode())
                    .containsExactly(ALLOWED_ORIGIN);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://evil.example", "http://lab.example.org", "https://lab.example.org:444", "null", "\\"})
    void rejectsPagesOfOtherOrigins(String origin) {
        for (HttpResponse<String> response : List.of(
                service.withToken(BOTH).get("/api/v1/presets", "Origin", origin),
                service.call(
                        "OPTIONS",
                        "/api/v1/experiments",
                        NONE,
                        "Origin",
                        origin,
                        "Access-Control-Request-Method",
                        "POST"))) {
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(service.json.readTree(response.body()).get("code").asString())
                    .isEqualTo("forbidden");
        }
    }
}
