package org.shatterlab.experiment;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is read anew when it is asked for and is older than it may be, by one at a time. */
final class Refreshed<T> {

    private final Supplier<T> source;
    private final long mostNanos;
    private @Nullable T value;
    private long readAt;

    Refreshed(Supplier<T> source, Duration most) {
        this.source = source;
        this.mostNanos = most.toNanos();
    }

    synchronized T get() {
        T present = value;
        if (present == null || System.nanoTime() - readAt > mostNanos) {
            present = source.get();
            value = present;
            readAt = System.nanoTime();
        }
        return present;
    }
}
