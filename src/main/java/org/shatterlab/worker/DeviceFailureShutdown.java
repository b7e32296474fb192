package org.shatterlab.worker;

import java.util.function.IntConsumer;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.event.EventListener;

/** Ends this process after a device has failed for good, so that its supervisor starts a new process. */
class DeviceFailureShutdown {

    private static final Logger log = LoggerFactory.getLogger(DeviceFailureShutdown.class);

    /** The exit status. A failed start has the same status. */
    private static final int STATUS = 1;

    private final Lifecycle workers;
    private final RunningCells cells;
    private final ApplicationContext context;
    private final IntConsumer exit;

    /**
     * Creates a listener for the events of the context.
     *
     * @param exit ends the process with the given exit status, after the workers and the context have stopped
     */
    DeviceFailureShutdown(Lifecycle workers, RunningCells cells, ApplicationContext context, IntConsumer exit) {
        this.workers = workers;
        this.cells = cells;
        this.context = context;
        this.exit = exit;
    }

    /**
     * Drains the workers and ends the process. No cell starts after this method returns. Another thread then waits for
     * cells on other devices during the grace period.
     */
    @EventListener
    void onBrokenDevice(BrokenDeviceException failure) {
        log.error(
                "A GPU failed, and this process cannot use the GPU any more. The process ends to be restarted",
                failure);
        cells.drain();
        Thread.ofPlatform().name("shutdown").start(() -> {
            // The API may still answer during its shutdown delay. The workers stop first, because draining workers
            // would acquire each cell that they hand back again and again.
            workers.stop();
            exit.accept(SpringApplication.exit(context, () -> STATUS));
        });
    }
}
