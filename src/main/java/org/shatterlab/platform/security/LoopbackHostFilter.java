package org.shatterlab.platform.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Where nobody is asked for a token, answers only to the names of this machine's loopback: a page elsewhere, whose name is
 * made to lead here (DNS rebinding), would otherwise use the service through the browser of someone on this machine.
 */
final class LoopbackHostFilter extends OncePerRequestFilter {

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

    private final SecurityProblemWriter refusals;

    LoopbackHostFilter(SecurityProblemWriter refusals) {
        this.refusals = refusals;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (LOOPBACK.matcher(request.getServerName()).matches()) {
            chain.doFilter(request, response);
        } else {
            refusals.answer(
                    request,
                    response,
                    new ProblemException(
                            Problem.FORBIDDEN,
                            "Without tokens the service answers only to localhost and 127.0.0.1, and the header Host"
                                    + " has another name."));
        }
    }
}
