package org.shatterlab.platform.request;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Processor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.threads.LimitLatch;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.BusyAnswer;
import org.shatterlab.platform.request.GuardedConnection.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An endpoint that lets a new connection wait only for a short time. Tomcat itself would leave the excess in the queue
 * of the system, where each connection waits until an old one ends.
 *
 * <p>A new connection beyond the maximum takes the place of the connection that has waited longest, either for the rest
 * of a header or for the next request. So a client that opens connections and sends nothing displaces its own
 * connections. A connection is safe while its bytes wait to be read, and for a short time after its start or its last
 * response. So a burst of new connections waits in the queue of the system until the present requests are read. If no
 * connection can be displaced, the new one is answered with 503 and closed.
 *
 * <p>The endpoint also closes connections whose header takes too long in all, and ends the input of requests at their
 * {@link InputDeadline}. Tomcat limits only the time between two packets.
 */
final class GuardedEndpoint extends NioEndpoint {

    private static final Logger log = LoggerFactory.getLogger(GuardedEndpoint.class);
    private static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);
    private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

    /** The time in which the first bytes of a request follow its connection, also on a busy machine. */
    private static final Duration SAFE_TIME = Duration.ofMillis(200);

    /** The time that the first connection waits when no other one can be displaced. Further ones do not wait. */
    private static final Duration MAX_WAIT = Duration.ofMillis(500);

    private static final Duration WAIT_STEP = Duration.ofMillis(5);

    /** The bytes of a response that the system keeps for a client. The system would otherwise keep up to 4 MiB. */
    private static final int SEND_BUFFER_BYTES = 128 << 10;

    private static final int READ_BUFFER_BYTES = 4 << 10;
    private static final int MAX_REFUSED_BYTES = 8 << 10;

    private static final Duration MAX_ENTRANCE_WAIT = Duration.ofMillis(100);

    /**
     * The places for requests before their first filter, in order of arrival. There Tomcat takes locks that are not fair,
     * so hundreds of threads at a time would delay a single one for seconds.
     */
    private final Semaphore entrance = new Semaphore(2 * Runtime.getRuntime().availableProcessors(), true);

    /** The connections that have sent at least one byte. */
    private final Map<SocketWrapperBase<NioChannel>, GuardedConnection> active = new ConcurrentHashMap<>();

    private volatile Duration headerTime = Duration.ofSeconds(10);
    private @Nullable ScheduledFuture<?> sweeps;
    private long nextWarning;
    private boolean full;

    GuardedEndpoint() {
        socketProperties.setTxBufSize(SEND_BUFFER_BYTES);
        // The header has a buffer of its own, so a large second buffer would only take memory of each connection.
        socketProperties.setAppReadBufSize(READ_BUFFER_BYTES);
    }

    void setHeaderTime(Duration time) {
        headerTime = time;
    }

    /** A connection at one moment. */
    private record Snapshot(SocketWrapperBase<NioChannel> wrapper, Phase phase, long since) {}

    @Override
    public void setHandler(Handler<NioChannel> handler) {
        super.setHandler(new PhaseHandler(handler));
    }

    /** Switches off the wait of the acceptor. */
    @Override
    @Nullable
    protected LimitLatch initializeConnectionLatch() {
        return null;
    }

    @Override
    public void startInternal() throws Exception {
        super.startInternal();
        sweeps = getUtilityExecutor()
                .scheduleWithFixedDelay(
                        this::sweep, SWEEP_INTERVAL.toMillis(), SWEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stopInternal() {
        if (sweeps != null) {
            sweeps.cancel(false);
        }
        super.stopInternal();
    }

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        if (!makeRoom()) {
            refuse(socket);
            return false;
        }
        return super.setSocketOptions(socket);
    }

    /** Returns whether a new connection has room. Only the thread that accepts connections calls this method. */
    private boolean makeRoom() {
        long end = System.nanoTime() + (full ? 0 : MAX_WAIT.toNanos());
        full = false;
        while (connections.size() >= getMaxConnections() && !closeLongestWaiting()) {
            try {
                Thread.sleep(WAIT_STEP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (System.nanoTime() >= end) {
                full = true;
                return false;
            }
        }
        return true;
    }

    private boolean closeLongestWaiting() {
        long newest = System.currentTimeMillis() - SAFE_TIME.toMillis();
        return getConnections().stream()
                .map(this::snapshot)
                .filter(connection -> connection.phase() != Phase.SERVING && connection.since() <= newest)
                .sorted(Comparator.comparingLong(Snapshot::since))
                .anyMatch(connection -> closeIfWaiting(connection.wrapper()));
    }

    private Snapshot snapshot(SocketWrapperBase<NioChannel> wrapper) {
        GuardedConnection connection = active.get(wrapper);
        return connection == null
                ? new Snapshot(wrapper, Phase.HEADER, ((NioSocketWrapper) wrapper).getLastRead())
                : new Snapshot(wrapper, connection.phase(), connection.since());
    }

    /** Returns whether bytes of a connection have arrived and are not read. */
    private static boolean hasUnreadBytes(SocketWrapperBase<NioChannel> wrapper) {
        SocketChannel channel = wrapper.getSocket().getIOChannel();
        try {
            return channel != null && channel.socket().getInputStream().available() > 0;
        } catch (IOException e) {
            log.debug("The connection was closed while its bytes were counted", e);
            return false;
        }
    }

    /** Closes a connection, unless a request arrives or is served on it. Returns whether the connection is closed. */
    private boolean closeIfWaiting(SocketWrapperBase<NioChannel> wrapper) {
        // The thread that serves a request holds the lock. Tomcat must not close the connection at the same time.
        if (!wrapper.getLock().tryLock()) {
            return false;
        }
        try {
            if (snapshot(wrapper).phase() == Phase.SERVING || hasUnreadBytes(wrapper)) {
                return false;
            }
            wrapper.close();
            return true;
        } finally {
            wrapper.getLock().unlock();
        }
    }

    /** Answers with 503 and closes the connection. The answer is sent without waiting, so it may be lost. */
    private void refuse(SocketChannel socket) {
        long now = System.currentTimeMillis();
        if (now >= nextWarning) {
            nextWarning = now + WARNING_INTERVAL.toMillis();
            log.warn("All {} connections are in use, so the service refuses new connections", getMaxConnections());
        }
        try {
            socket.configureBlocking(false);
            // The system resets a connection that is closed with unread bytes, and the client then loses the answer.
            socket.read(ByteBuffer.allocate(MAX_REFUSED_BYTES));
            socket.write(ByteBuffer.wrap(BusyAnswer.ofConnection()));
            socket.shutdownOutput();
        } catch (IOException e) {
            log.debug("A refused connection was closed before its answer", e);
        }
        destroySocket(socket);
    }

    private void sweep() {
        long now = System.currentTimeMillis();
        long oldest = now - headerTime.toMillis();
        active.forEach((wrapper, connection) -> {
            if (connection.phase() == Phase.HEADER && connection.since() < oldest) {
                closeIfWaiting(wrapper);
            } else {
                connection.endInputIfLate(now);
            }
        });
    }

    /** Records the phase of each connection before and after each step of its processing. */
    private final class PhaseHandler implements Handler<NioChannel> {

        private final Handler<NioChannel> handler;

        private PhaseHandler(Handler<NioChannel> handler) {
            this.handler = handler;
        }

        @Override
        public SocketState process(SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
            SocketChannel channel = wrapper.getSocket().getIOChannel();
            if (channel == null) {
                return handler.process(wrapper, event);
            }
            GuardedConnection connection =
                    active.computeIfAbsent(wrapper, _ -> new GuardedConnection(wrapper, channel));
            boolean hadHeaderBytes = connection.phase() == Phase.HEADER;
            long since = connection.since();
            connection.enter(Phase.SERVING, System.currentTimeMillis());
            SocketState state;
            connection.queueAt(entrance, MAX_ENTRANCE_WAIT);
            try {
                state = ScopedValue.where(GuardedConnection.CURRENT, connection)
                        .call(() -> handler.process(wrapper, event));
            } finally {
                connection.leaveEntrance();
            }
            if (state == SocketState.OPEN) {
                connection.enter(Phase.IDLE, System.currentTimeMillis());
            } else if (state == SocketState.LONG
                    && wrapper.getCurrentProcessor() instanceof Processor processor
                    && !processor.isAsync()) {
                // A part of the header has arrived.
                connection.enter(Phase.HEADER, hadHeaderBytes ? since : System.currentTimeMillis());
            }
            if (wrapper.isClosed()) {
                active.remove(wrapper);
            }
            return state;
        }

        @Override
        public Object getGlobal() {
            return handler.getGlobal();
        }

        @Override
        public void release(SocketWrapperBase<NioChannel> wrapper) {
            active.remove(wrapper);
            handler.release(wrapper);
        }

        @Override
        public void pause() {
            handler.pause();
        }

        @Override
        public void recycle() {
            handler.recycle();
        }
    }
}
