package org.shatterlab.worker;

import java.util.function.IntConsumer;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.event.EventListener;

/** Ends this process once it cannot compute any more, so that what started it starts another. */
class DeviceFailureShutdown {

    private static final Logger log = LoggerFactory.getLogger(DeviceFailureShutdown.class);

    /** As that of a process that could not start. */
    private static final int STATUS = 1;

    private final Lifecycle workers;
    private final RunningCells cells;
    private final ApplicationContext context;
    private final IntConsumer exit;

    /**
     * Ends it on a word of the context.
     *
     * @param exit given the exit status when all else has ended
     */
    DeviceFailureShutdown(Lifecycle workers, RunningCells cells, ApplicationContext context, IntConsumer exit) {
        this.workers = workers;
        this.cells = cells;
        this.context = context;
        this.exit = exit;
    }

    /** No cell begins after this returns. The rest takes as long as the cells on other devices may go on. */
    @EventListener
    void onBrokenDevice(BrokenDeviceException failure) {
        log.error("A GPU failed, and this process cannot use it any more: it ends, so as to be started anew", failure);
        cells.drain();
        Thread.ofPlatform().name("end").start(() -> {
            // First, as the API may go on for a while: workers that only drained would have each cell again at once.
            workers.stop();
            exit.accept(SpringApplication.exit(context, () -> STATUS));
        });
    }
}
