package org.shatterlab.platform.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.ServiceProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.JwkSetUriJwtDecoderBuilderCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.StaticHeadersWriter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Asks who uses the service, by bearer tokens. Where there are none, neither in the settings nor of an issuer, the API is open
 * to everyone on this machine, and does not start if others could reach it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecurityProperties.class)
class SecurityConfiguration {

    private static final Duration ISSUER_PATIENCE = Duration.ofSeconds(5);

    private static final RequestMatcher DOCS = anyOf("/docs/**", "/webjars/**");
    /** What is allowed without a token: a matcher that goes wrong opens these and nothing else. */
    private static final RequestMatcher PUBLIC =
            new OrRequestMatcher(DOCS, anyOf("/openapi.yaml", "/actuator/health/**"));

    /** Swagger UI styles its elements one by one, has pictures in its style sheet, and shows those that it is answered. */
    private static final String DOCS_CONTENT =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
                    + " img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /** A figure has styles and pictures within itself; nothing else is a page. */
    private static final String CONTENT =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none';"
                    + " base-uri 'none'; frame-ancestors 'none'";

    private static RequestMatcher anyOf(String first, String second) {
        return new OrRequestMatcher(
                PathPatternRequestMatcher.pathPattern(first), PathPatternRequestMatcher.pathPattern(second));
    }

    @Bean
    SecurityFilterChain securityFilterChain(
            HttpSecurity http,
            SecurityProperties properties,
            ServiceProperties service,
            ServerProperties server,
            ObjectProvider<JwtDecoder> decoder,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
        BearerTokens tokens = new BearerTokens(properties.tokens(), decoder.getIfAvailable());
        SecurityProblemWriter refusals = new SecurityProblemWriter(resolver);
        boolean isOpen = tokens.isEmpty() && service.roles().contains(Role.API);
        if (isOpen) {
            requireLoopback(server.getAddress());
            http.addFilterAfter(new LoopbackHostFilter(refusals), CorsFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
        } else {
            BearerTokenAuthenticationFilter filter = new BearerTokenAuthenticationFilter(tokens);
            filter.setAuthenticationEntryPoint(refusals);
            http.addFilter(filter)
                    .authorizeHttpRequests(requests -> requests.requestMatchers(PUBLIC)
                            .permitAll()
                            .requestMatchers(HttpMethod.GET)
                            .hasAuthority(Scope.READ.authority())
                            .requestMatchers(HttpMethod.HEAD)
                            .hasAuthority(Scope.READ.authority())
                            .anyRequest()
                            .hasAuthority(Scope.WRITE.authority()));
        }
        // An open API refuses the pages of all sites, as a browser would let them submit without asking first.
        if (isOpen || !properties.allowedOrigins().isEmpty()) {
            http.addFilter(CorsRules.filter(properties.allowedOrigins(), refusals));
        }
        return http.sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(
                        refused -> refused.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                .headers(SecurityConfiguration::headers)
                .build();
    }

    private static void requireLoopback(@Nullable InetAddress address) {
        if (address == null || !address.isLoopbackAddress()) {
            throw new UnprotectedApiException(address);
        }
    }

    /** Each writes only what an answer does not have yet. */
    private static void headers(HeadersConfigurer<HttpSecurity> headers) {
        headers.defaultsDisabled()
                .contentTypeOptions(_ -> {})
                .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER))
                .addHeaderWriter(new StaticHeadersWriter(HttpHeaders.CACHE_CONTROL, "private, no-cache"))
                .addHeaderWriter(new DelegatingRequestMatcherHeaderWriter(
                        DOCS, new ContentSecurityPolicyHeaderWriter(DOCS_CONTENT)))
                .addHeaderWriter(new ContentSecurityPolicyHeaderWriter(CONTENT));
    }

    /**
     * Lets every address pass that the server lets pass. The framework's firewall refuses some that labels have, since addresses
     * can be read in two ways; here who may do what follows from the method alone, and what is public is found as handlers are.
     */
    @Bean
    HttpFirewall everyAddress() {
        return new HttpFirewall() {

            @Override
            public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
                return new FirewalledRequest(request) {
                    @Override
                    public void reset() {}
                };
            }

            @Override
            public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
                return response;
            }
        };
    }

    /** How long the issuer's answer is waited for; without this, forever. */
    @Bean
    JwkSetUriJwtDecoderBuilderCustomizer issuerPatience() {
        SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(ISSUER_PATIENCE);
        requests.setReadTimeout(ISSUER_PATIENCE);
        return issuer -> issuer.restOperations(new RestTemplate(requests));
    }
}
