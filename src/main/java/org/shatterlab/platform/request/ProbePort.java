package org.shatterlab.platform.request;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** A filter that answers only probes on the port of the probes. */
@Component
@EnableConfigurationProperties(ProbeProperties.class)
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
class ProbePort extends OncePerRequestFilter {

    private static final String HEALTH = "/actuator/health";

    private final @Nullable Integer port;
    private final HandlerExceptionResolver problems;

    ProbePort(ProbeProperties properties, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.port = properties.probePort();
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getServletPath();
        return port == null || request.getLocalPort() != port || path.equals(HEALTH) || path.startsWith(HEALTH + "/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        problems.resolveException(
                request,
                response,
                null,
                new ProblemException(
                        Problem.NOT_FOUND,
                        "This port serves only the probes below " + HEALTH + ". Use the main port."));
    }
}
