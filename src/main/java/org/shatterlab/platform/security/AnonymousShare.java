package org.shatterlab.platform.security;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.shatterlab.platform.request.RequestBudget;
import org.shatterlab.platform.request.RequestShare;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * A filter that limits the requests without a token that run at a time, before anything else is done for them. Clients
 * without a token read the documentation, or are rejected. The probes are not limited.
 */
final class AnonymousShare extends RequestShare {

    private static final int MAX_RUNNING = 16;
    private static final Duration MAX_WAIT = Duration.ofSeconds(1);

    private final RequestMatcher probes;

    AnonymousShare(RequestMatcher probes, HandlerExceptionResolver problems) {
        super(new RequestBudget("requests without a token run", MAX_RUNNING, MAX_RUNNING, MAX_WAIT), problems);
        this.probes = probes;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null || probes.matches(request);
    }
}
