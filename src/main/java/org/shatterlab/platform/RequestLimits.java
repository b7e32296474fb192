package org.shatterlab.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.apache.coyote.BadRequestException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * A filter that reads the whole request before any other code, and rejects a request that is too large or too slow. It
 * also rejects a body whose media type is a range.
 *
 * <p>The server limits only the time between two packets. A client that sends a byte every few seconds would hold a
 * thread without limit, even if the body is only discarded.
 */
@Component
@ConditionalOnRole(Role.API)
@EnableConfigurationProperties(RequestProperties.class)
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class RequestLimits extends OncePerRequestFilter {

    private static final int MAX_ADDRESS_BYTES = 8 << 10;
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final int MAX_BODY_BYTES = 1 << 20;

    /**
     * Bytes of an oversized body that are read and discarded, so that the client reads the answer instead of a reset.
     */
    private static final int MAX_DISCARDED_BYTES = 16 << 20;

    private final Duration bodyTime;
    private final HandlerExceptionResolver problems;

    RequestLimits(
            RequestProperties properties, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.bodyTime = properties.bodyTime();
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpServletRequest received;
        try {
            check(request);
            received = new ReceivedRequest(request, receive(request.getInputStream()));
            checkType(request.getContentType());
        } catch (ProblemException e) {
            problems.resolveException(request, response, null, e);
            return;
        } catch (BadRequestException e) {
            boolean timedOut = e.getCause() instanceof SocketTimeoutException;
            problems.resolveException(request, response, null, timedOut ? timeout() : e);
            return;
        }
        chain.doFilter(received, response);
    }

    private static void check(HttpServletRequest request) {
        String query = request.getQueryString();
        int address = request.getRequestURI().length() + (query == null ? 0 : query.length());
        if (address > MAX_ADDRESS_BYTES) {
            throw new ProblemException(
                    Problem.ADDRESS_TOO_LONG,
                    "The address has %d bytes. At most %d bytes are allowed.".formatted(address, MAX_ADDRESS_BYTES));
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
                    "The headers have %d bytes. At most %d bytes are allowed.".formatted(headers, MAX_HEADER_BYTES));
        }
    }

    /** Rejects a range of media types, on which the framework fails whenever it reads the headers. */
    private static void checkType(@Nullable String type) {
        if (type != null && type.split(";", 2)[0].contains("*")) {
            throw new ProblemException(
                    Problem.UNSUPPORTED_MEDIA_TYPE, "The media type of a body must be one type, not a range of types.");
        }
    }

    private static ProblemException timeout() {
        return new ProblemException(Problem.REQUEST_TIMEOUT, "The body did not arrive in time.");
    }

    private byte[] receive(InputStream in) throws IOException {
        long start = System.nanoTime();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 << 10];
        long size = 0;
        for (int read = in.read(buffer); read >= 0 && size <= MAX_DISCARDED_BYTES; read = in.read(buffer)) {
            size += read;
            if (size <= MAX_BODY_BYTES) {
                body.write(buffer, 0, read);
            }
            if (System.nanoTime() - start > bodyTime.toNanos()) {
                throw timeout();
            }
        }
        if (size > MAX_BODY_BYTES) {
            throw new ProblemException(
                    Problem.BODY_TOO_LARGE, "A body may have at most " + MAX_BODY_BYTES + " bytes (1 MiB).");
        }
        return body.toByteArray();
    }
}
