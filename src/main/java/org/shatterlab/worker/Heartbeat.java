package org.shatterlab.worker;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.shatterlab.experiment.queue.CellExecutionService;
import org.shatterlab.experiment.queue.WorkerRegistry;
import org.shatterlab.experiment.queue.WorkerRegistry.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports once a second that this process is alive. Each heartbeat also stops cells that were cancelled or that another
 * worker has taken.
 */
class Heartbeat {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final WorkerRegistry registry;
    private final CellExecutionService executions;
    private final RunningCells running;
    private final Worker worker;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());

    Heartbeat(WorkerRegistry registry, CellExecutionService executions, RunningCells running, Worker worker) {
        this.registry = registry;
        this.executions = executions;
        this.running = running;
        this.worker = worker;
    }

    /** Sends the first heartbeat before it returns, so that the worker is registered before it takes cells. */
    void start() {
        beat();
        var _ = executor.scheduleAtFixedRate(
                this::beat, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops the heartbeats and removes this worker from the registry, unless the database is unavailable. */
    void stop() {
        executor.shutdownNow();
        try {
            registry.leave(worker.name());
        } catch (RuntimeException e) {
            log.debug("This worker stays registered until its heartbeat times out", e);
        }
    }

    /** Sends one heartbeat. Catches every exception, because an exception would end the schedule. */
    private void beat() {
        try {
            registry.beat(worker, running.isDraining());
            running.stop(executions.findVoid(running.leases()));
        } catch (RuntimeException e) {
            log.warn("A heartbeat failed, and the next heartbeat follows in a second", e);
        }
    }
}
