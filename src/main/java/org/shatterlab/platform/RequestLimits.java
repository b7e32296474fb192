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
 * Takes in the whole of a request before anything else looks at it, and refuses what is too large or too slow. The server
 * only limits the time between two packets: a client that sends a byte every few seconds would hold a thread for ever,
 * wherever its body is read, or passed over because nobody read it. A body of no one type is refused too.
 */
@Component
@ConditionalOnRole(Role.API)
@EnableConfigurationProperties(RequestProperties.class)
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class RequestLimits extends OncePerRequestFilter {

    private static final int ADDRESS_LIMIT = 8 << 10;
    private static final int HEADERS_LIMIT = 16 << 10;
    private static final int BODY_LIMIT = 1 << 20;

    /** Of a body that is too large, so much is passed over, so that its client reads the refusal instead of a reset. */
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
            boolean late = e.getCause() instanceof SocketTimeoutException;
            problems.resolveException(request, response, null, late ? late() : e);
            return;
        }
        chain.doFilter(received, response);
    }

    private static void check(HttpServletRequest request) {
        String query = request.getQueryString();
        int address = request.getRequestURI().length() + (query == null ? 0 : query.length());
        if (address > ADDRESS_LIMIT) {
            throw new ProblemException(
                    Problem.ADDRESS_TOO_LONG,
                    "The address has %d bytes; %d is the limit.".formatted(address, ADDRESS_LIMIT));
        }
        List<String> names = Collections.list(request.getHeaderNames());
        int headers = names.stream()
                .distinct()
                .mapToInt(name -> Collections.list(request.getHeaders(name)).stream()
                        .mapToInt(value -> name.length() + value.length())
                        .sum())
                .sum();
        if (headers > HEADERS_LIMIT) {
            throw new ProblemException(
                    Problem.HEADERS_TOO_LARGE,
                    "The headers have %d bytes; %d is the limit.".formatted(headers, HEADERS_LIMIT));
        }
    }

    /** The framework fails on a range of types wherever it looks at the headers. */
    private static void checkType(@Nullable String type) {
        if (type != null && type.split(";", 2)[0].contains("*")) {
            throw new ProblemException(
                    Problem.UNSUPPORTED_MEDIA_TYPE, "A body is of one type, not of a range of types.");
        }
    }

    private static ProblemException late() {
        return new ProblemException(Problem.REQUEST_TIMEOUT, "The body does not arrive, or takes too long to.");
    }

    private byte[] receive(InputStream in) throws IOException {
        long start = System.nanoTime();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] part = new byte[8 << 10];
        long size = 0;
        for (int read = in.read(part); read >= 0 && size <= MAX_DISCARDED_BYTES; read = in.read(part)) {
            size += read;
            if (size <= BODY_LIMIT) {
                body.write(part, 0, read);
            }
            if (System.nanoTime() - start > bodyTime.toNanos()) {
                throw late();
            }
        }
        if (size > BODY_LIMIT) {
            throw new ProblemException(Problem.BODY_TOO_LARGE, "A body has at most " + BODY_LIMIT + " bytes (1 MiB).");
        }
        return body.toByteArray();
    }
}
