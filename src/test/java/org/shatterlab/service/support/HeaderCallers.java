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

/** Takes whoever a request names in a header for its caller. {@link #SOURCE} adds it to a service. */
public final class HeaderCallers extends OncePerRequestFilter {

    public static final String HEADER = "Caller";
    public static final String SOURCE = "--spring.main.sources=" + HeaderCallers.class.getName();

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
