package org.shatterlab.service.support;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * A filter that makes the name in a header the caller of a request. The argument {@link #SOURCE} adds the filter to a
 * service.
 */
public final class CallerHeaderFilter extends OncePerRequestFilter {

    /** The header that names the caller. A request without the header has no caller. */
    public static final String HEADER = "Caller";
    /** The command-line argument that adds this filter to a service. */
    public static final String SOURCE = "--spring.main.sources=" + CallerHeaderFilter.class.getName();

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String name = request.getHeader(HEADER);
        chain.doFilter(
                new HttpServletRequestWrapper(request) {
                    @Override
                    public @Nullable Principal getUserPrincipal() {
                        return name == null ? null : () -> name;
                    }
                },
                response);
    }
}
