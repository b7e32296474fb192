package org.shatterlab.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.service.support.SecuredService.BOTH;
import static org.shatterlab.service.support.SecuredService.NONE;
import static org.shatterlab.service.support.SecuredService.PAGE;
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

/** What browsers are told, and of which origins pages may use the API. */
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
}
