package org.shatterlab.experiment.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
 * Tells one client how far an experiment is, until it has ended. It has a thread, a virtual one, only while it writes: a
 * client that reads slowly keeps nobody waiting, and misses what is no longer so when it can be written to again. A new
 * state is told at once, progress at most once in {@link #REST}.
 */
final class ExperimentEventStream implements ExperimentChangeNotifier.Observer {

    private static final Duration REST = Duration.ofMillis(100);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final long RECONNECT_MILLIS = 1000;

    /** The container's own limit, which must not be what ends a stream. */
    private static final long NO_LIMIT = -1;

    private final SseEmitter emitter = new SseEmitter(NO_LIMIT);
    private @Nullable ExperimentState told;
    private @Nullable ExperimentStatus news;
    private int rests;
    private boolean beat;
    private boolean over;
    private boolean writing;
    private boolean closed;

    /** What the client is told: a part of what it would poll. */
    private record Event(UUID id, ExperimentState state, Progress progress) {}

    /**
     * A stream that is not open.
     *
     * @param now how far the experiment is
     * @param seen whether the client knows that
     */
    ExperimentEventStream(ExperimentStatus now, boolean seen) {
        told = seen ? now.state() : null;
        news = seen ? null : now;
    }

    /**
     * Begins to write.
     *
     * @param onClose called when nothing more can be written
     */
    SseEmitter open(Runnable onClose) {
        emitter.onCompletion(() -> {
            close();
            onClose.run();
        });
        // What is sent before this returns is written by the container's own thread, and with it the headers:
        // while another thread wrote them, the container could give the request up, and its memory to the next.
        try {
            emitter.send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        wake();
        after(HEARTBEAT, this::beat);
        return emitter;
    }

    @Override
    public synchronized void onChange(ExperimentStatus now) {
        news = now;
        if (isDue(now)) {
            wake();
        }
    }

    @Override
    public synchronized void onEnd() {
        over = true;
        wake();
    }

    private synchronized void close() {
        closed = true;
    }

    private synchronized void rest() {
        rests--;
        if (news != null && rests == 0) {
            wake();
        }
    }

    private synchronized void beat() {
        if (!closed) {
            beat = true;
            wake();
            after(HEARTBEAT, this::beat);
        }
    }

    private boolean isDue(ExperimentStatus now) {
        return rests == 0 || over || now.state() != told;
    }

    private synchronized void wake() {
        if (!writing) {
            writing = true;
            Thread.startVirtualThread(this::write);
        }
    }

    private void write() {
        try {
            for (SseEventBuilder event = next(); event != null; event = next()) {
                emitter.send(event);
            }
        } catch (IOException | IllegalStateException e) {
            // The client has gone; the container, which knows it too, ends the request.
            close();
        }
    }

    private synchronized @Nullable SseEventBuilder next() {
        ExperimentStatus now = news;
        if (now != null && isDue(now)) {
            return event(now);
        }
        if (over) {
            emitter.complete();
            return null;
        }
        if (beat) {
            beat = false;
            return SseEmitter.event().comment("");
        }
        writing = false;
        return null;
    }

    private SseEventBuilder event(ExperimentStatus now) {
        String name = now.state() == told ? "progress" : "state";
        news = null;
        told = now.state();
        over |= now.state().isTerminal();
        // A new state does not wait for the end of a rest, so that several may overlap.
        rests++;
        after(REST, this::rest);
        return SseEmitter.event()
                .id(now.version().tag())
                .name(name)
                .data(new Event(now.id(), now.state(), now.progress()), MediaType.APPLICATION_JSON);
    }

    private static void after(Duration time, Runnable then) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
                .execute(then);
    }
}
