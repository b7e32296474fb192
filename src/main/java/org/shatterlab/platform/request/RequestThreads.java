package org.shatterlab.platform.request;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The first filter. The filter lets the next request enter, and marks the threads of requests. Marked threads use the
 * database connections for requests, so that requests cannot take the connections of workers and heartbeats.
 */
@Component
@ConditionalOnRole(Role.API)
@Order(Ordered.HIGHEST_PRECEDENCE)
public class RequestThreads extends OncePerRequestFilter {

    private static final ThreadLocal<Boolean> MARKED = new ThreadLocal<>();

    /** Returns whether the current thread answers a request. */
    public static boolean isCurrent() {
        return MARKED.get() != null;
    }

    /** Returns a factory whose threads are marked for life, because they do the work of requests. */
    public static ThreadFactory marked(ThreadFactory factory) {
        return task -> factory.newThread(() -> {
            MARKED.set(true);
            task.run();
        });
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (GuardedConnection.CURRENT.isBound()) {
            GuardedConnection.CURRENT.get().leaveEntrance();
        }
        MARKED.set(true);
        try {
            chain.doFilter(request, response);
        } finally {
            MARKED.remove();
        }
    }

    /** Returns false, because the second part of an asynchronous request may run on another thread. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }
}
