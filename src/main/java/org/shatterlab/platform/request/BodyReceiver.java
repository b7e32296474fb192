package org.shatterlab.platform.request;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.coyote.BadRequestException;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.Role;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * A filter that reads the whole body of a request before any handler, and rejects a body that is too large or too slow.
 * It runs after the authentication, so that only callers with a token can use its memory.
 */
@Component
@ConditionalOnRole(Role.API)
@Order(SecurityFilterProperties.DEFAULT_FILTER_ORDER + 1)
class BodyReceiver extends OncePerRequestFilter {

    private static final int MAX_BODY_BYTES = 1 << 20;

    /**
     * Bytes of an oversized body that are read and discarded, so that the client reads the answer instead of a reset.
     */
    private static final int MAX_DISCARDED_BYTES = 16 << 20;

    /** The memory of all bodies in KiB, which must fit a heap of 256 MiB together with all else. */
    private static final int MAX_KIB = 8 << 10;

    private static final int MAX_KIB_PER_TOKEN = MAX_KIB / 2;

    /** A body takes memory of the budget in steps of this size, because a client may announce more than it sends. */
    private static final int STEP_KIB = 16;

    private static final int BUFFER_BYTES = 4 << 10;

    private final RequestBudget memory = new RequestBudget("bodies arrive", MAX_KIB, MAX_KIB_PER_TOKEN, Duration.ZERO);

    private final Duration bodyTime;
    private final HandlerExceptionResolver problems;

    BodyReceiver(
            RequestProperties properties, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.bodyTime = properties.bodyTime();
        this.problems = problems;
    }

    /** Returns whether a request has a body that is not empty. */
    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !hasBody(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpServletRequest received;
        try (InputDeadline deadline = InputDeadline.in(bodyTime)) {
            received = new ReceivedRequest(request, receive(request, deadline));
        } catch (ProblemException | BadRequestException e) {
            problems.resolveException(request, response, null, e);
            return;
        }
        chain.doFilter(received, response);
    }

    private byte[] receive(HttpServletRequest request, InputDeadline deadline) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        long size = 0;
        int reserved = 0;
        InputStream in = request.getInputStream();
        for (int read = read(in, buffer, deadline);
                read >= 0 && size <= MAX_DISCARDED_BYTES;
                read = read(in, buffer, deadline)) {
            size += read;
            if (size > MAX_BODY_BYTES) {
                continue;
            }
            if (size > reserved) {
                RequestPermits.hold(memory, request, STEP_KIB);
                reserved += STEP_KIB << 10;
            }
            body.write(buffer, 0, read);
        }
        if (size > MAX_BODY_BYTES) {
            throw new ProblemException(
                    Problem.BODY_TOO_LARGE, "A body may have at most " + MAX_BODY_BYTES + " bytes (1 MiB).");
        }
        return body.toByteArray();
    }

    /**
     * Reads the next bytes, or returns -1 at the end.
     *
     * @throws ProblemException with status 408 if the body takes too long or pauses too long
     */
    private static int read(InputStream in, byte[] buffer, InputDeadline deadline) throws IOException {
        try {
            deadline.limitRead();
            int read = in.read(buffer);
            if (!deadline.isOver()) {
                return read;
            }
        } catch (BadRequestException e) {
            if (!deadline.isOver() && !(e.getCause() instanceof SocketTimeoutException)) {
                throw e;
            }
        }
        throw new ProblemException(Problem.REQUEST_TIMEOUT, "The body did not arrive in time.");
    }
}
