package org.shatterlab.lab.engine;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Ends a computation that nobody waits for any more, at the next of the places where it asks: before each layer on
 * the way up, and each layer or block on the way back. What lies between two of them is not interrupted.
 */
public final class Cancellation {

    private static final ScopedValue<BooleanSupplier> STOP = ScopedValue.newInstance();

    private Cancellation() {}

    /** Computes something, asking now and then whether to stop; a thread that the computation starts does not ask. */
    public static <T> T unless(BooleanSupplier stop, Supplier<T> computation) {
        return ScopedValue.where(STOP, stop).call(computation::get);
    }

    /**
     * Goes on, unless the computation that this is part of is to stop.
     *
     * @throws CancellationException where it is
     */
    public static void check() {
        if (STOP.isBound() && STOP.get().getAsBoolean()) {
            throw new CancellationException("nobody waits for this computation any more");
        }
    }
}
