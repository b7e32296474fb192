package org.shatterlab.platform.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.platform.ServiceProperties;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;

/** Tests which services may start. No server listens in these tests. */
class SecurityConfigurationTest {

    private static final String[] TOKEN = {
        "shatterlab.security.tokens.ci.sha256=" + "a".repeat(64), "shatterlab.security.tokens.ci.scopes=read"
    };

    private final WebApplicationContextRunner service = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WebMvcAutoConfiguration.class,
                    SecurityAutoConfiguration.class,
                    ServletWebSecurityAutoConfiguration.class,
                    UserDetailsServiceAutoConfiguration.class,
                    OAuth2ResourceServerAutoConfiguration.class))
            .withUserConfiguration(Properties.class, SecurityConfiguration.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({ServiceProperties.class, ServerProperties.class})
    static class Properties {}

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", ""})
    void rejectsUnprotectedApiOnPublicAddress(String address) {
        service.withPropertyValues("server.address=" + address)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnprotectedApiException.class)
                        .hasMessageContaining("without authentication"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.1.2.3", "localhost"})
    void startsUnprotectedApiOnLoopbackAddress(String address) {
        service.withPropertyValues("server.address=" + address)
                .run(context -> assertThat(context).hasSingleBean(SecurityFilterChain.class));
    }

    @Test
    void startsWithTokensOnEveryAddress() {
        service.withPropertyValues("server.address=0.0.0.0")
                .withPropertyValues(TOKEN)
                .run(context -> assertThat(context).hasSingleBean(SecurityFilterChain.class));
    }

    @Test
    void startsWithUnreachableIssuer() {
        service.withPropertyValues(
                        "server.address=0.0.0.0",
                        "spring.security.oauth2.resourceserver.jwt.issuer-uri=https://issuer.invalid")
                .run(context -> assertThat(context).hasSingleBean(SecurityFilterChain.class));
    }

    @Test
    void ignoresEmptyIssuerAddress() {
        service.withPropertyValues("server.address=0.0.0.0", "spring.security.oauth2.resourceserver.jwt.issuer-uri=")
                .run(context ->
                        assertThat(context).getFailure().rootCause().isInstanceOf(UnprotectedApiException.class));
    }

    @Test
    void startsWorkerOnEveryAddress() {
        service.withPropertyValues("server.address=0.0.0.0", "shatterlab.roles=worker")
                .run(context -> assertThat(context).hasSingleBean(SecurityFilterChain.class));
    }

    @Test
    void hasNoUsersWithPasswords() {
        service.withPropertyValues("server.address=127.0.0.1")
                .run(context -> assertThat(context).doesNotHaveBean(UserDetailsService.class));
        service.withPropertyValues(TOKEN).run(context -> assertThat(context).doesNotHaveBean(UserDetailsService.class));
    }
}
