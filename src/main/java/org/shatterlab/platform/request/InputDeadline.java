package org.shatterlab.platform.request;

import java.time.Duration;

/**
 * A deadline for the input of the request that this thread serves. After the deadline a blocked read fails, however
 * slowly the client sends. Closing lifts the deadline.
 *
 * <p>A read has the rest of the time as its timeout. Tomcat starts the timeout anew with each byte of a chunk's header,
 * so a client could prolong the read. The endpoint therefore ends the input a moment later.
 */
final class InputDeadline implements AutoCloseable {

    private static final long MARGIN_MILLIS = 1000;

    private final GuardedConnection connection;
    private final long end;
    private final long usualTimeout;

    private InputDeadline(GuardedConnection connection, long end) {
        this.connection = connection;
        this.end = end;
        this.usualTimeout = connection.readTimeout();
        connection.setInputEnd(end + MARGIN_MILLIS);
    }

    /** Sets a deadline after a time. */
    static InputDeadline in(Duration time) {
        return new InputDeadline(GuardedConnection.CURRENT.get(), System.currentTimeMillis() + time.toMillis());
    }

    boolean isOver() {
        return System.currentTimeMillis() >= end;
    }

    /** Limits the time of the next read. */
    void limitRead() {
        long rest = Math.max(1, end - System.currentTimeMillis());
        connection.setReadTimeout(Math.min(usualTimeout, rest));
    }

    @Override
    public void close() {
        connection.setReadTimeout(usualTimeout);
        connection.setInputEnd(Long.MAX_VALUE);
    }
}
