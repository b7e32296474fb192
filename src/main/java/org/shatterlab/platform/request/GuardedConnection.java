package org.shatterlab.platform.request;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of a connection that has sent at least one byte. Thread-safe. */
final class GuardedConnection {

    /** The connection whose request the present thread serves. */
    static final ScopedValue<GuardedConnection> CURRENT = ScopedValue.newInstance();

    private static final Logger log = LoggerFactory.getLogger(GuardedConnection.class);

    private final SocketWrapperBase<NioChannel> wrapper;
    private final SocketChannel channel;
    private Phase phase = Phase.HEADER;
    private long since = System.currentTimeMillis();
    private long inputEnd = Long.MAX_VALUE;
    private @Nullable Semaphore entrance;

    GuardedConnection(SocketWrapperBase<NioChannel> wrapper, SocketChannel channel) {
        this.wrapper = wrapper;
        this.channel = channel;
    }

    /** The phases of a connection. */
    enum Phase {
        /** The header of a request has not arrived completely. */
        HEADER,
        /** The last request is answered, and no byte of another one has arrived. */
        IDLE,
        /** A request is served. */
        SERVING
    }

    /** Enters a phase at a time in milliseconds of the system clock. No deadline of the input outlives a phase. */
    synchronized void enter(Phase next, long now) {
        phase = next;
        since = now;
        inputEnd = Long.MAX_VALUE;
    }

    synchronized Phase phase() {
        return phase;
    }

    /** Returns the time at which the phase began, in milliseconds of the system clock. */
    synchronized long since() {
        return since;
    }

    /** Sets the time at which the input ends, in milliseconds of the system clock. */
    synchronized void setInputEnd(long time) {
        inputEnd = time;
    }

    /** Takes a place at the entrance. The thread of the request waits for a place, but only for a short time. */
    void queueAt(Semaphore places, Duration maxWait) {
        try {
            if (places.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
                entrance = places;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the place at the entrance, if the request has one. */
    void leaveEntrance() {
        if (entrance != null) {
            entrance.release();
            entrance = null;
        }
    }

    /** Returns the time in milliseconds that a read waits for the next bytes. */
    long readTimeout() {
        return wrapper.getReadTimeout();
    }

    void setReadTimeout(long millis) {
        wrapper.setReadTimeout(millis);
    }

    /** Ends the input if its time is over. A blocked read then fails, but an answer can still be written. */
    synchronized void endInputIfLate(long now) {
        if (now < inputEnd) {
            return;
        }
        inputEnd = Long.MAX_VALUE;
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            log.debug("The connection was closed before the deadline of its input", e);
        }
    }
}
