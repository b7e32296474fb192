package org.shatterlab.platform.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SecurityPropertiesTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    /** Binds the properties from environment variables, as in a container. */
    private static SecurityProperties bind(Map<String, String> variables) {
        Map<String, Object> named = new HashMap<>();
        variables.forEach((name, value) -> named.put("SHATTERLAB_SECURITY_" + name, value));
        StandardEnvironment environment = new StandardEnvironment();
        // The binder recognises environment variables by the end of this name.
        environment.getPropertySources().addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", named));
        ConfigurationPropertySources.attach(environment);
        return Binder.get(environment).bindOrCreate("shatterlab.security", SecurityProperties.class);
    }

    @Test
    void hasNoTokensByDefault() {
        assertThat(bind(Map.of()).tokens()).isEmpty();
        assertThat(bind(Map.of()).allowedOrigins()).isEmpty();
    }

    @Test
    void readsTokensAndOriginsFromEnvironment() {
        SecurityProperties properties = bind(Map.of(
                "TOKENS_CI_SHA256", A.toUpperCase(Locale.ROOT),
                "TOKENS_CI_SCOPES", "read,write",
                "TOKENS_ANN_SHA256", B,
                "TOKENS_ANN_SCOPES", "read",
                "TOKENS_ANN_EXPIRES", "2027-01-01T00:00:00Z",
                "ALLOWED_ORIGINS", "https://lab.example.org,http://localhost:5173"));
        assertThat(properties.tokens()).containsOnlyKeys("ci", "ann");
        assertThat(properties.tokens().get("ci"))
                .isEqualTo(new SecurityProperties.Token(
                        A.toUpperCase(Locale.ROOT), Set.of(Scope.READ, Scope.WRITE), null));
        assertThat(properties.tokens().get("ann"))
                .isEqualTo(new SecurityProperties.Token(B, Set.of(Scope.READ), Instant.parse("2027-01-01T00:00:00Z")));
        assertThat(properties.allowedOrigins())
                .containsExactlyInAnyOrder("https://lab.example.org", "http://localhost:5173");
    }

    @Test
    void reportsAllErrorsWithoutTokens() {
        assertThatThrownBy(() -> bind(Map.of(
                        "TOKENS_CI_SHA256", "my-secret-token",
                        "TOKENS_ANN_SCOPES", "read",
                        "TOKENS_BOB_SHA256", A,
                        "TOKENS_BOB_SCOPES", "read",
                        "TOKENS_EVE_SHA256", A,
                        "TOKENS_EVE_SCOPES", "read",
                        "ALLOWED_ORIGINS", "*")))
                .rootCause()
                .hasMessageContainingAll(
                        "tokens.ci.sha256 must be the SHA-256 of the token in 64 hexadecimal digits",
                        "tokens.ci.scopes must be read, write or both",
                        "tokens.ann.sha256 must be the SHA-256",
                        "each name needs a token of its own",
                        "allowed-origins: \"*\" is not an origin")
                .hasMessageNotContaining("my-secret-token");
    }

    @ParameterizedTest
    @CsvSource({
        "https://lab.example.org/",
        "https://*.example.org",
        "lab.example.org",
        "null",
        "ftp://lab.example.org",
        "https://a@lab.example.org",
        "https://"
    })
    void rejectsInvalidOrigin(String origin) {
        assertThatThrownBy(() -> bind(Map.of("ALLOWED_ORIGINS", origin)))
                .rootCause()
                .hasMessageContaining(origin);
    }

    @Test
    void rejectsInvalidTokenName() {
        SecurityProperties.Token token = new SecurityProperties.Token(A, Set.of(Scope.READ), null);
        assertThat(new SecurityProperties(Map.of("ci-2", token), Set.of()).tokens())
                .hasSize(1);
        assertThatThrownBy(() -> new SecurityProperties(Map.of("jwt:eve", token), Set.of()))
                .hasMessageContaining("shatterlab.security.tokens.jwt:eve: the name must have");
    }
}
