package org.shatterlab.lab.engine;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Cancels a computation whose result is no longer needed.
 *
 * <p>Cancellation is cooperative: the computation ends at its next call of {@link #throwIfCancelled}. A forward pass
 * calls it before each layer. A backward pass calls it before each layer or block. The work between two calls is not
 * interrupted.
 */
public final class Cancellation {

    private static final ScopedValue<BooleanSupplier> STOP = ScopedValue.newInstance();

    private Cancellation() {}

    /**
     * Runs a computation and returns its result.
     *
     * @param stop whether to cancel; {@link #throwIfCancelled} evaluates it on the caller's thread only, not on threads
     *     that the computation starts
     * @throws CancellationException if the computation was cancelled
     */
    public static <T> T runCancellable(BooleanSupplier stop, Supplier<T> computation) {
        return ScopedValue.where(STOP, stop).call(computation::get);
    }

    /**
     * Throws if the current computation is to be cancelled. Outside {@link #runCancellable}, the method has no effect.
     *
     * @throws CancellationException if the computation is to be cancelled
     */
    public static void throwIfCancelled() {
        if (STOP.isBound() && STOP.get().getAsBoolean()) {
            throw new CancellationException("The computation was cancelled because its result is no longer needed.");
        }
    }
}
