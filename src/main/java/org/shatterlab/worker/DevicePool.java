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
 * A pool of GPUs that measures cells. Each GPU has one thread. The thread takes the cell that has waited longest, and
 * as many of its waiting siblings as fit into one batch. Further cells wait while a batch is measured. After one GPU is
 * broken, the pool measures no more cells. Thread-safe.
 */
final class DevicePool implements CellRunner.Measurer, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DevicePool.class);

    /** The interval at which a waiting caller checks whether its cell is stopped. */
    private static final long STOP_CHECK_MILLIS = 100;

    /** The waiting cells, oldest first. Guarded by this pool. */
    private final List<WaitingCell> waiting = new ArrayList<>();

    private final AtomicBoolean broken = new AtomicBoolean();
    private final Consumer<BrokenDeviceException> onBroken;
    private final List<Thread> threads;

    /**
     * Starts one thread for each device.
     *
     * @param onBroken called once, when the first device breaks and before any caller returns
     */
    DevicePool(List<Device> devices, Consumer<BrokenDeviceException> onBroken) {
        this.onBroken = onBroken;
        threads = devices.stream()
                .map(device -> Thread.ofPlatform().daemon().name("device").start(() -> run(device)))
                .toList();
    }

    /**
     * A device that measures batches of cells.
     *
     * @param runsPerBatch returns how many runs of a cell and its siblings fit into one batch
     * @param measure measures siblings and returns their results in the same order, unless the supplier returns true
     */
    record Device(
            ToIntFunction<CellSpec> runsPerBatch,
            BiFunction<List<CellSpec>, BooleanSupplier, List<CellResult>> measure) {}

    private record WaitingCell(CellSpec cell, BooleanSupplier stop, CompletableFuture<CellResult> result) {}

    /**
     * Measures a cell on one of the devices and waits for the result. If the cell is stopped, the caller returns at
     * once and the other cells of the batch continue.
     *
     * @throws UnmeasurableException if the cell has no result; a sibling in the batch never causes this exception
     * @throws CancellationException if the cell was stopped, or if a device broke before the cell started
     * @throws BrokenDeviceException if the device broke while it measured the batch of this cell
     */
    @Override
    public CellResult measure(CellSpec cell, BooleanSupplier stop) {
        WaitingCell own = new WaitingCell(cell, stop, new CompletableFuture<>());
        synchronized (this) {
            waiting.add(own);
            notifyAll();
        }
        try {
            while (true) {
                try {
                    return own.result().get(STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (stop.getAsBoolean()) {
                        throw cancelled("The cell was stopped.", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled("The worker was interrupted while it waited for a device.", e);
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

    /** Returns the exception that the device threw. */
    private static RuntimeException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            case null, default -> new IllegalStateException(e);
        };
    }

    private void run(Device device) {
        try {
            while (true) {
                measure(device, takeBatch(device));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a cell and returns it with as many waiting siblings as fit into one batch. */
    private synchronized List<WaitingCell> takeBatch(Device device) throws InterruptedException {
        while (waiting.isEmpty()) {
            wait();
        }
        CellSpec first = waiting.getFirst().cell();
        int room = runsPerBatch(device, first);
        List<WaitingCell> together = new ArrayList<>();
        for (Iterator<WaitingCell> all = waiting.iterator(); all.hasNext(); ) {
            WaitingCell next = all.next();
            if (together.isEmpty() || (next.cell().runs() <= room && next.cell().isSiblingOf(first))) {
                together.add(next);
                all.remove();
                room -= next.cell().runs();
            }
        }
        return together;
    }

    /** Returns how many runs fit into one batch. Returns 0 if the number is unknown, so the cell is measured alone. */
    private static int runsPerBatch(Device device, CellSpec cell) {
        try {
            return device.runsPerBatch().applyAsInt(cell);
        } catch (RuntimeException e) {
            log.warn("The number of runs that fit into the memory of a device is unknown", e);
            return 0;
        }
    }

    /**
     * Measures a batch. If a batch of several cells fails, each cell is measured alone, so that only the failing cell
     * reports the failure.
     */
    private void measure(Device device, List<WaitingCell> together) {
        if (broken.get()) {
            fail(together, new CancellationException("The cell was not measured, because a device is broken."));
            return;
        }
        try {
            List<CellResult> results = device.measure()
                    .apply(
                            together.stream().map(WaitingCell::cell).toList(),
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
                // Any of the cells may have broken the device, and each retry could break another device.
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

    private static void fail(List<WaitingCell> together, Throwable failure) {
        together.forEach(one -> one.result().completeExceptionally(failure));
    }

    /** Stops the threads. Waiting cells are not measured. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
