package org.shatterlab.experiment.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentChangeNotifier;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.experiment.store.ExperimentStatus;
import org.shatterlab.experiment.store.Progress;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/**
 * A stream of events that reports the progress of one experiment to one client, until the experiment ends.
 *
 * <p>The stream holds a thread only while it writes, so a slow client delays no other client. A slow client
 * receives only the latest status and misses the ones before it. A new state is sent at once. Progress is sent at most
 * once in {@link #PROGRESS_INTERVAL}. The methods {@link #onChange} and {@link #onEnd} may be called on any thread.
 */
final class ExperimentEventStream implements ExperimentChangeNotifier.Observer {

    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(100);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final long RECONNECT_MILLIS = 1000;

    /** Switches off the timeout of the container, which must not end a stream. */
    private static final long NO_LIMIT = -1;

    /** The threads that write. Each stream has one thread at most at a time. */
    private static final Executor WRITERS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("event-stream-", 0).factory());

    private final SseEmitter emitter = new SseEmitter(NO_LIMIT);
    private @Nullable ExperimentState sentState;
    private @Nullable ExperimentStatus pending;
    private int pauses;
    private boolean heartbeatDue;
    private boolean ended;
    private boolean writing;
    private boolean closed;
    private Runnable onClose = () -> {};

    /** The data of an event: a part of the response that polling returns. */
    private record Event(UUID id, ExperimentState state, Progress progress) {}

    /**
     * Creates a stream that is not yet open.
     *
     * @param now the present status of the experiment
     * @param seen whether the client already knows this status
     */
    ExperimentEventStream(ExperimentStatus now, boolean seen) {
        sentState = seen ? now.state() : null;
        pending = seen ? null : now;
    }

    /**
     * Opens the stream and starts to write.
     *
     * @param onClose runs when the connection is closed or complete
     */
    SseEmitter open(Runnable onClose) {
        synchronized (this) {
            this.onClose = onClose;
        }
        emitter.onCompletion(this::close);
        // The container's own thread writes every event that is sent before this method returns, and the headers with
        // them. While another thread wrote the headers, the container could abandon the request and reuse its memory.
        try {
            emitter.send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        startWriting();
        schedule(HEARTBEAT, this::sendHeartbeat);
        return emitter;
    }

    @Override
    public synchronized void onChange(ExperimentStatus now) {
        pending = now;
        if (isDue(now)) {
            startWriting();
        }
    }

    @Override
    public synchronized void onEnd() {
        ended = true;
        startWriting();
    }

    private void close() {
        Runnable leave;
        synchronized (this) {
            closed = true;
            leave = onClose;
        }
        leave.run();
    }

    private synchronized void endPause() {
        pauses--;
        if (pending != null && pauses == 0) {
            startWriting();
        }
    }

    private synchronized void sendHeartbeat() {
        if (!closed) {
            heartbeatDue = true;
            startWriting();
            schedule(HEARTBEAT, this::sendHeartbeat);
        }
    }

    /** Returns whether the status must be sent now, not at the end of a pause. */
    private boolean isDue(ExperimentStatus now) {
        return pauses == 0 || ended || now.state() != sentState;
    }

    private synchronized void startWriting() {
        if (!writing) {
            writing = true;
            WRITERS.execute(this::write);
        }
    }

    private void write() {
        try {
            for (SseEventBuilder event = next(); event != null; event = next()) {
                emitter.send(event);
            }
        } catch (IOException | IllegalStateException e) {
            // The client is gone. The container notices this too and ends the request.
            close();
        }
    }

    /** Returns the next event to send, or null if the writing thread has nothing left to send. */
    private synchronized @Nullable SseEventBuilder next() {
        ExperimentStatus now = pending;
        if (now != null && isDue(now)) {
            return event(now);
        }
        if (ended) {
            emitter.complete();
            return null;
        }
        if (heartbeatDue) {
            heartbeatDue = false;
            return SseEmitter.event().comment("");
        }
        writing = false;
        return null;
    }

    private SseEventBuilder event(ExperimentStatus now) {
        String name = now.state() == sentState ? "progress" : "state";
        pending = null;
        sentState = now.state();
        ended |= now.state().isTerminal();
        // A new state does not wait for the end of a pause, so several pauses may overlap.
        pauses++;
        schedule(PROGRESS_INTERVAL, this::endPause);
        return SseEmitter.event()
                .id(now.version().tag())
                .name(name)
                .data(new Event(now.id(), now.state(), now.progress()), MediaType.APPLICATION_JSON);
    }

    private static void schedule(Duration time, Runnable then) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(then);
    }
}
