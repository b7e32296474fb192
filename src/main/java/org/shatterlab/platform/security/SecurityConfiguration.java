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
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.CrossOriginResourcePolicyHeaderWriter.CrossOriginResourcePolicy;
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
 * Configures authentication with bearer tokens. If the settings have neither a token nor an issuer, every user of this
 * machine may use the API without a token. In that case the API does not start on an address that other machines could
 * reach.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecurityProperties.class)
class SecurityConfiguration {

    private static final Duration ISSUER_TIMEOUT = Duration.ofSeconds(5);

    private static final RequestMatcher PROBES = PathPatternRequestMatcher.pathPattern("/actuator/health/**");
    private static final RequestMatcher DOCS = anyPath("/docs/**", "/webjars/**");
    /**
     * The resources that need no token. Every other resource needs one, so an error in a matcher opens nothing else.
     */
    private static final RequestMatcher PUBLIC =
            new OrRequestMatcher(DOCS, PathPatternRequestMatcher.pathPattern("/openapi.yaml"), PROBES);

    /**
     * The policy for Swagger UI, which sets styles on elements, embeds images in its styles, and shows image answers.
     */
    private static final String DOCS_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /** The policy for all other answers. Only figures are pages, and a figure embeds its styles and images. */
    private static final String DEFAULT_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none';"
                    + " base-uri 'none'; frame-ancestors 'none'";

    private static RequestMatcher anyPath(String first, String second) {
        return new OrRequestMatcher(
                PathPatternRequestMatcher.pathPattern(first), PathPatternRequestMatcher.pathPattern(second));
    }

    /** Measures no single security filter, which would cost each request more time than the filters themselves. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
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
        SecurityProblemWriter problems = new SecurityProblemWriter(resolver);
        boolean isOpen = tokens.isEmpty() && service.roles().contains(Role.API);
        if (isOpen) {
            requireLoopback(server.getAddress());
            http.addFilterAfter(new LocalRequestFilter(problems), CorsFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
        } else {
            BearerTokenAuthenticationFilter filter = new BearerTokenAuthenticationFilter(tokens);
            filter.setAuthenticationEntryPoint(problems);
            http.addFilter(filter)
                    .addFilterBefore(new AnonymousShare(PROBES, resolver), BearerTokenAuthenticationFilter.class)
                    .authorizeHttpRequests(requests -> requests.requestMatchers(PUBLIC)
                            .permitAll()
                            .requestMatchers(HttpMethod.GET)
                            .hasAuthority(Scope.READ.authority())
                            .requestMatchers(HttpMethod.HEAD)
                            .hasAuthority(Scope.READ.authority())
                            .anyRequest()
                            .hasAuthority(Scope.WRITE.authority()));
        }
        // Browsers send some cross-origin requests without a preflight, so an open API rejects pages of all origins.
        if (isOpen || !properties.allowedOrigins().isEmpty()) {
            http.addFilter(CorsRules.filter(properties.allowedOrigins(), problems));
        }
        return http.sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                .headers(SecurityConfiguration::headers)
                .build();
    }

    private static void requireLoopback(@Nullable InetAddress address) {
        if (address == null || !address.isLoopbackAddress()) {
            throw new UnprotectedApiException(address);
        }
    }

    /** Adds the security headers. Each writer adds only headers that the answer does not have yet. */
    private static void headers(HeadersConfigurer<HttpSecurity> headers) {
        headers.defaultsDisabled()
                .contentTypeOptions(_ -> {})
                .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER))
                .addHeaderWriter(new StaticHeadersWriter(HttpHeaders.CACHE_CONTROL, "private, no-cache"))
                // Pages of allowed origins use CORS, which this header does not restrict.
                .crossOriginResourcePolicy(resource -> resource.policy(CrossOriginResourcePolicy.SAME_ORIGIN))
                .addHeaderWriter(new DelegatingRequestMatcherHeaderWriter(
                        DOCS, new ContentSecurityPolicyHeaderWriter(DOCS_POLICY)))
                .addHeaderWriter(new ContentSecurityPolicyHeaderWriter(DEFAULT_POLICY));
    }

    /**
     * Returns a firewall that accepts every address that the server accepts. The framework's firewall rejects addresses
     * that different components may parse differently, and some labels need such addresses. This service is safe
     * without that check: the required scope depends on the method alone, and public paths are matched like handlers.
     */
    @Bean
    HttpFirewall permissiveFirewall() {
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

    /** Sets the timeouts for requests to the issuer. The default timeouts are infinite. */
    @Bean
    JwkSetUriJwtDecoderBuilderCustomizer issuerTimeouts() {
        SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(ISSUER_TIMEOUT);
        requests.setReadTimeout(ISSUER_TIMEOUT);
        return issuer -> issuer.restOperations(new RestTemplate(requests));
    }
}
