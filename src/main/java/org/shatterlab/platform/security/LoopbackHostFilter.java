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
 * A filter that rejects requests whose header {@code Host} has no loopback name. It protects a service without tokens
 * from DNS rebinding. In such an attack, a foreign page makes its own host name resolve to this machine. The page would
 * then use the service through the browser of a local user.
 */
final class LoopbackHostFilter extends OncePerRequestFilter {

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

    private final SecurityProblemWriter problems;

    LoopbackHostFilter(SecurityProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (LOOPBACK.matcher(request.getServerName()).matches()) {
            chain.doFilter(request, response);
        } else {
            problems.answer(
                    request,
                    response,
                    new ProblemException(
                            Problem.FORBIDDEN,
                            "Without tokens the service accepts only localhost and loopback addresses in the header"
                                    + " Host. This request has another name."));
        }
    }
}
