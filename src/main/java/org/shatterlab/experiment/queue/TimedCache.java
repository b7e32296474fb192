package org.shatterlab.experiment.queue;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is read again when a caller needs the value and the value is too old. While one caller reads, the other
 * callers get the old value, so that a source that hangs blocks one caller only. Safe for use by several threads.
 */
final class TimedCache<T> {

    private final Supplier<T> source;
    private final long maxAgeNanos;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable CachedValue<T> last;

    TimedCache(Supplier<T> source, Duration maxAge) {
        this.source = source;
        this.maxAgeNanos = maxAge.toNanos();
    }

    private record CachedValue<T>(T value, long at) {}

    /**
     * Returns the value, which may be as old as the maximum age.
     *
     * @throws RuntimeException where this call read the value and the source failed
     */
    T get() {
        CachedValue<T> known = last;
        if (known != null && (isFresh(known) || !reading.tryLock())) {
            return known.value();
        }
        if (known == null) {
            reading.lock();
        }
        try {
            CachedValue<T> present = last;
            if (present == null || !isFresh(present)) {
                present = new CachedValue<>(source.get(), System.nanoTime());
                last = present;
            }
            return present.value();
        } finally {
            reading.unlock();
        }
    }

    /** Returns the value that was read last, however old; null before the first read. */
    @Nullable
    T lastValue() {
        CachedValue<T> known = last;
        return known == null ? null : known.value();
    }

    private boolean isFresh(CachedValue<T> read) {
        return System.nanoTime() - read.at() <= maxAgeNanos;
    }
}
