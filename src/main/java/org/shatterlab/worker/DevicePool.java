package org.shatterlab.worker;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.statistic.CellResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures cells on GPUs: one thread for each, which takes the cell that waits longest together with its siblings, as many as
 * are computed at a time. While it computes, the next gather. Once a GPU is broken none measures any more. Thread-safe.
 */
final class DevicePool implements CellRunner.Measurer, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DevicePool.class);

    /** How soon a cell that is to stop does so. */
    private static final long PATIENCE_MILLIS = 100;

    /** Oldest first; guarded by this pool. */
    private final List<Waiting> waiting = new ArrayList<>();

    private final AtomicBoolean broken = new AtomicBoolean();
    private final Consumer<BrokenDeviceException> onBroken;
    private final List<Thread> threads;

    /**
     * One thread for each device.
     *
     * @param onBroken told once, before any caller is, that a device is broken
     */
    DevicePool(List<Device> devices, Consumer<BrokenDeviceException> onBroken) {
        this.onBroken = onBroken;
        threads = devices.stream()
                .map(device -> Thread.ofPlatform().daemon().name("device").start(() -> work(device)))
                .toList();
    }

    /**
     * Something that measures cells.
     *
     * @param runsAtATime how many runs of a cell and its siblings it measures together
     * @param measure siblings to their results, in their order, unless it is told to stop
     */
    record Device(
            ToIntFunction<CellSpec> runsAtATime,
            BiFunction<List<CellSpec>, BooleanSupplier, List<CellResult>> measure) {}

    private record Waiting(CellSpec cell, BooleanSupplier stop, CompletableFuture<CellResult> result) {}

    /**
     * Has a cell measured. Where it is to stop its caller does so at once; others that are measured with it go on.
     *
     * @throws UnmeasurableException where it has no result, whatever those have that were measured with it
     * @throws CancellationException where it was stopped, or a device broke before it was begun
     * @throws BrokenDeviceException where its device broke over it, or over one that was measured with it
     */
    @Override
    public CellResult measure(CellSpec cell, BooleanSupplier stop) {
        Waiting own = new Waiting(cell, stop, new CompletableFuture<>());
        synchronized (this) {
            waiting.add(own);
            notifyAll();
        }
        try {
            while (true) {
                try {
                    return own.result().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (stop.getAsBoolean()) {
                        throw cancelled("nobody waits for this cell any more", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled("interrupted while a device was waited for", e);
        } finally {
            synchronized (this) {
                waiting.remove(own);
            }
        }
    }

    private static CancellationException cancelled(String why, Exception cause) {
        CancellationException cancelled = new CancellationException(why);
        cancelled.initCause(cause);
        return cancelled;
    }

    /** As it was thrown where the cell was measured. */
    private static RuntimeException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            case null, default -> new IllegalStateException(e);
        };
    }

    private void work(Device device) {
        try {
            while (true) {
                measure(device, next(device));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a cell, and takes its siblings along. */
    private synchronized List<Waiting> next(Device device) throws InterruptedException {
        while (waiting.isEmpty()) {
            wait();
        }
        CellSpec first = waiting.getFirst().cell();
        int room = room(device, first);
        List<Waiting> together = new ArrayList<>();
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting next = all.next();
            if (together.isEmpty() || (next.cell().runs() <= room && next.cell().isSiblingOf(first))) {
                together.add(next);
                all.remove();
                room -= next.cell().runs();
            }
        }
        return together;
    }

    /** Where that cannot be told the cell is measured alone, and fails for the same reason or does not. */
    private static int room(Device device, CellSpec cell) {
        try {
            return device.runsAtATime().applyAsInt(cell);
        } catch (RuntimeException e) {
            log.warn("it is not known how many runs fit into the memory of a device", e);
            return 0;
        }
    }

    /** Where one of several cannot be measured each is measured alone, so that what fails is told of that one. */
    private void measure(Device device, List<Waiting> together) {
        if (broken.get()) {
            fail(together, new CancellationException("a device is broken"));
            return;
        }
        try {
            List<CellResult> results = device.measure()
                    .apply(
                            together.stream().map(Waiting::cell).toList(),
                            () -> together.stream().allMatch(one -> one.stop().getAsBoolean()));
            for (int i = 0; i < together.size(); i++) {
                together.get(i).result().complete(results.get(i));
            }
        } catch (BrokenDeviceException e) {
            try {
                if (!broken.getAndSet(true)) {
                    onBroken.accept(e);
                }
            } finally {
                // Not each alone: any may have done it, and each would break as many devices as a cell has attempts.
                fail(together, e);
            }
        } catch (RuntimeException | Error e) {
            if (together.size() == 1) {
                fail(together, e);
            } else {
                together.forEach(one -> measure(device, List.of(one)));
            }
        }
    }

    private static void fail(List<Waiting> together, Throwable failure) {
        together.forEach(one -> one.result().completeExceptionally(failure));
    }

    /** Takes no more cells; those that wait are not measured. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
