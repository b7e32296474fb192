package org.shatterlab.experiment.queue;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is read anew when it is asked for and is older than it may be. Who asks while another reads it gets the one
 * that there was: a source that hangs holds one of them, not all in a row.
 */
final class TimedCache<T> {

    private final Supplier<T> source;
    private final long mostNanos;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Read<T> last;

    TimedCache(Supplier<T> source, Duration most) {
        this.source = source;
        this.mostNanos = most.toNanos();
    }

    private record Read<T>(T value, long at) {}

    /**
     * The value, read now or lately.
     *
     * @throws RuntimeException where this call was the one to read it, and failed
     */
    T get() {
        Read<T> known = last;
        if (known != null && (isFresh(known) || !reading.tryLock())) {
            return known.value();
        }
        if (known == null) {
            reading.lock();
        }
        try {
            Read<T> present = last;
            if (present == null || !isFresh(present)) {
                present = new Read<>(source.get(), System.nanoTime());
                last = present;
            }
            return present.value();
        } finally {
            reading.unlock();
        }
    }

    private boolean isFresh(Read<T> read) {
        return System.nanoTime() - read.at() <= mostNanos;
    }
}
