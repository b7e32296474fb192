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
 * Writes items in their order on a separate thread, so that the caller produces the next items meanwhile. A bounded
 * queue connects the two threads. The caller blocks while the queue is full. Only one thread may produce items.
 *
 * @param <T> the type of the items
 */
final class BackgroundWriter<T> implements AutoCloseable {

    private static final int BATCH_SIZE = 500;
    private static final int MAX_QUEUED_BATCHES = 4;

    private final ItemWriter<T> itemWriter;

    /** The batches that wait to be written. An empty batch ends the thread. */
    private final BlockingQueue<List<T>> queue = new ArrayBlockingQueue<>(MAX_QUEUED_BATCHES);

    private final Thread thread;
    private List<T> batch = new ArrayList<>(BATCH_SIZE);
    private volatile @Nullable Throwable failure;

    private BackgroundWriter(String name, ItemWriter<T> itemWriter) {
        this.itemWriter = itemWriter;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::writeQueue);
    }

    /** Writes items one by one. */
    @FunctionalInterface
    interface ItemWriter<T> {
        void write(T item) throws IOException;
    }

    /** Starts the thread that writes the items, under a name. */
    static <T> BackgroundWriter<T> start(String name, ItemWriter<T> itemWriter) {
        BackgroundWriter<T> writer = new BackgroundWriter<>(name, itemWriter);
        writer.thread.start();
        return writer;
    }

    /**
     * Queues an item. The method blocks while the queue is full.
     *
     * @throws UncheckedIOException if the thread failed to write an earlier item, or the caller is interrupted
     */
    void add(T item) {
        batch.add(item);
        if (batch.size() == BATCH_SIZE) {
            enqueueBatch();
        }
    }

    /**
     * Waits until the last item is written.
     *
     * @throws UncheckedIOException if the thread failed to write an item, or the caller is interrupted
     */
    void finish() {
        if (!batch.isEmpty()) {
            enqueueBatch();
        }
        close();
        rethrowFailure();
    }

    /** Ends the thread. Nothing is written after the method returns. */
    @Override
    public void close() {
        if (thread.isAlive()) {
            try {
                queue.put(List.of());
                thread.join();
            } catch (InterruptedException e) {
                thread.interrupt();
                throw interrupted(e);
            }
        }
    }

    private void enqueueBatch() {
        try {
            queue.put(batch);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        batch = new ArrayList<>(BATCH_SIZE);
        rethrowFailure();
    }

    private static UncheckedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted =
                new InterruptedIOException("The thread was interrupted while items were queued.");
        interrupted.initCause(e);
        return new UncheckedIOException(interrupted);
    }

    private void rethrowFailure() {
        switch (failure) {
            case null -> {}
            case IOException io -> throw new UncheckedIOException(io);
            case RuntimeException other -> throw other;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    /**
     * Writes the queued batches until an empty batch arrives. After a failure, the thread discards all further items,
     * so that the caller does not block. The caller receives the failure with its next batch or at the end.
     */
    private void writeQueue() {
        try {
            for (List<T> items = queue.take(); !items.isEmpty(); items = queue.take()) {
                if (failure == null) {
                    writeBatch(items);
                }
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    private void writeBatch(List<T> items) {
        try {
            for (T item : items) {
                itemWriter.write(item);
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }
}
