package org.shatterlab.platform.request;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.shatterlab.platform.ProblemException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** A filter that runs each request with a permit of a budget. It rejects a request that gets no permit with 503. */
public abstract class RequestShare extends OncePerRequestFilter {

    private final RequestBudget running;
    private final HandlerExceptionResolver problems;

    protected RequestShare(RequestBudget running, HandlerExceptionResolver problems) {
        this.running = running;
        this.problems = problems;
    }

    @Override
    protected final void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        RequestBudget.Permit permit;
        try {
            permit = running.acquire(request);
        } catch (ProblemException e) {
            problems.resolveException(request, response, null, e);
            return;
        }
        try (permit) {
            chain.doFilter(request, response);
        }
    }
}
