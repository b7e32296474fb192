package org.shatterlab.result.web;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Hands items to a thread of its own, in their order, so that the next are made while these are taken. Who makes them waits where
 * they are taken more slowly.
 */
final class BackgroundWriter<T> implements AutoCloseable {

    private static final int BATCH = 500;

    private static final int WAITING_BATCHES = 4;

    private final Taker<T> taker;

    /** An empty one is the last. */
    private final BlockingQueue<List<T>> waiting = new ArrayBlockingQueue<>(WAITING_BATCHES);

    private final Thread taking;
    private List<T> next = new ArrayList<>(BATCH);
    private volatile @Nullable Throwable failure;

    private BackgroundWriter(String name, Taker<T> taker) {
        this.taker = taker;
        taking = Thread.ofVirtual().name(name).unstarted(this::takeWaiting);
    }

    /** Takes items one by one. */
    @FunctionalInterface
    interface Taker<T> {
        void take(T item) throws IOException;
    }

    /** Starts the thread, of this name, that takes the items. */
    static <T> BackgroundWriter<T> start(String name, Taker<T> taker) {
        BackgroundWriter<T> handover = new BackgroundWriter<>(name, taker);
        handover.taking.start();
        return handover;
    }

    /**
     * Hands over an item.
     *
     * @throws UncheckedIOException where an earlier one could not be taken
     */
    void put(T item) {
        next.add(item);
        if (next.size() == BATCH) {
            handOver();
        }
    }

    /**
     * Waits until the last item is taken.
     *
     * @throws UncheckedIOException where one could not be taken
     */
    void end() {
        if (!next.isEmpty()) {
            handOver();
        }
        close();
        requireTaken();
    }

    /** Ends the thread: nothing is taken after this returns. */
    @Override
    public void close() {
        if (taking.isAlive()) {
            try {
                waiting.put(List.of());
                taking.join();
            } catch (InterruptedException e) {
                taking.interrupt();
                throw interrupted(e);
            }
        }
    }

    private void handOver() {
        try {
            waiting.put(next);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        next = new ArrayList<>(BATCH);
        requireTaken();
    }

    private static UncheckedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted while items were handed over");
        interrupted.initCause(e);
        return new UncheckedIOException(interrupted);
    }

    private void requireTaken() {
        switch (failure) {
            case null -> {}
            case IOException io -> throw new UncheckedIOException(io);
            case RuntimeException other -> throw other;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    /** After one that cannot be taken the others are dropped, so that who makes them does not wait, and is told with the next. */
    private void takeWaiting() {
        try {
            for (List<T> items = waiting.take(); !items.isEmpty(); items = waiting.take()) {
                if (failure == null) {
                    take(items);
                }
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    private void take(List<T> items) {
        try {
            for (T item : items) {
                taker.take(item);
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }
}
