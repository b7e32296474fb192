package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.function.Supplier;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.request.RequestBudget;
import org.shatterlab.platform.request.RequestBudget.Permit;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Limits the requests that read results, in all and for each token. Reads hold few of the connections to the database,
 * so that lists and polls find a connection. Rows that wait for their clients fit in memory.
 */
@Component
@ConditionalOnRole(Role.API)
class ReadLimits {

    private static final Duration MAX_WAIT = Duration.ofSeconds(2);

    /** A stream that has begun cannot be rejected, so its next rows wait longer. */
    private static final Duration MAX_BATCH_WAIT = Duration.ofMinutes(1);

    /** The rows of JSON answers that are held until they are sent. A row with its predictions takes up to 500 bytes. */
    private static final int MAX_ROWS = 80_000;

    private final RequestBudget reads = new RequestBudget("results are read", 4, 2, MAX_WAIT);
    private final RequestBudget rows = new RequestBudget("rows are sent", MAX_ROWS, MAX_ROWS / 2, MAX_WAIT);
    private final RequestBudget streams = new RequestBudget("CSV streams are open", 16, 8, MAX_WAIT);
    private final RequestBudget batches = new RequestBudget("CSV rows are read", 2, 2, MAX_BATCH_WAIT);

    /**
     * Reads rows when there is room. The rows count as held until the response is sent.
     *
     * @param maxRows the largest number of rows that the read holds
     * @throws ProblemException with status 503, if there is no room in time
     */
    <T> T read(HttpServletRequest request, int maxRows, Supplier<T> reader) {
        Permit held = rows.acquire(request, maxRows);
        RequestContextHolder.currentRequestAttributes()
                .registerDestructionCallback(ReadLimits.class.getName(), held::close, RequestAttributes.SCOPE_REQUEST);
        try (Permit _ = reads.acquire(request)) {
            return reader.get();
        }
    }

    /**
     * Opens a stream of rows. The caller closes the permit at the end of the stream.
     *
     * @throws ProblemException with status 503, if too many streams are open
     */
    Permit openStream(HttpServletRequest request) {
        return streams.acquire(request);
    }

    /** Reads the next rows of an open stream when there is room. */
    <T> T readBatch(HttpServletRequest request, Supplier<T> reader) {
        try (Permit _ = batches.acquire(request)) {
            return reader.get();
        }
    }
}
