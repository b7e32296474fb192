package org.shatterlab.platform.request;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.shatterlab.platform.BusyAnswer;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * A filter that limits the threads of one caller. The excess is answered with 503 before any other work, so a flood of
 * requests costs little. Callers are told apart by their header {@code Authorization}, which is not verified yet.
 */
@Component
@ConditionalOnRole(Role.API)
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class CallerLimit extends OncePerRequestFilter {

    /** The threads of one caller for requests that do not run, because they wait or their body arrives. */
    private static final int MAX_WAITING = 112;

    /** The free threads of each caller. A running request refers to its entry, so an entry lives as long as a request. */
    private final LoadingCache<String, Semaphore> callers;

    CallerLimit(RequestProperties limits) {
        callers = Caffeine.newBuilder().weakValues().build(_ -> new Semaphore(limits.requestsPerToken() + MAX_WAITING));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Semaphore threads = callers.get(Objects.requireNonNullElse(request.getHeader(HttpHeaders.AUTHORIZATION), ""));
        if (!threads.tryAcquire()) {
            BusyAnswer.write(response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            threads.release();
        }
    }
}
