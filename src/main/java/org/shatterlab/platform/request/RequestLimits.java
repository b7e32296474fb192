package org.shatterlab.platform.request;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * A filter that rejects requests with a too large header, before any other code. It also rejects a body whose media type
 * is a range, and every body of GET and HEAD, for which no resource has a use.
 *
 * <p>A request may be answered before its body has arrived. The rest of the body is then discarded for a short time, so
 * that the client reads the answer instead of a reset.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class RequestLimits extends OncePerRequestFilter {

    private static final int MAX_ADDRESS_BYTES = 8 << 10;
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final Set<String> BODILESS = Set.of("GET", "HEAD");
    private static final Duration DISCARD_TIME = Duration.ofSeconds(2);

    private final HandlerExceptionResolver problems;

    RequestLimits(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            check(request);
            chain.doFilter(request, response);
        } catch (ProblemException e) {
            problems.resolveException(request, response, null, e);
        }
        if (BodyReceiver.hasBody(request) && !request.getInputStream().isFinished()) {
            // Tomcat discards the body after the answer. The deadline stays in force until the end of the request.
            InputDeadline.in(DISCARD_TIME).limitRead();
        }
    }

    private static void check(HttpServletRequest request) {
        String query = request.getQueryString();
        int address = request.getRequestURI().length() + (query == null ? 0 : query.length());
        if (address > MAX_ADDRESS_BYTES) {
            throw new ProblemException(
                    Problem.ADDRESS_TOO_LONG,
                    String.format(
                            Locale.ROOT,
                            "The address has %d bytes. At most %d bytes are allowed.",
                            address,
                            MAX_ADDRESS_BYTES));
        }
        List<String> names = Collections.list(request.getHeaderNames());
        int headers = names.stream()
                .distinct()
                .mapToInt(name -> Collections.list(request.getHeaders(name)).stream()
                        .mapToInt(value -> name.length() + value.length())
                        .sum())
                .sum();
        if (headers > MAX_HEADER_BYTES) {
            throw new ProblemException(
                    Problem.HEADERS_TOO_LARGE,
                    String.format(
                            Locale.ROOT,
                            "The headers have %d bytes. At most %d bytes are allowed.",
                            headers,
                            MAX_HEADER_BYTES));
        }
        if (BodyReceiver.hasBody(request) && BODILESS.contains(request.getMethod())) {
            throw new ProblemException(
                    Problem.MALFORMED_REQUEST,
                    "A GET or HEAD request must have no body. Send parameters in the address.");
        }
        checkType(request.getContentType());
    }

    /** Rejects a range of media types, on which the framework fails whenever it reads the headers. */
    private static void checkType(@Nullable String type) {
        if (type != null && type.split(";", 2)[0].contains("*")) {
            throw new ProblemException(
                    Problem.UNSUPPORTED_MEDIA_TYPE, "The media type of a body must be one type, not a range of types.");
        }
    }
}
