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
 * Once a second: tells the others that this process is alive, and stops cells that were cancelled or taken over.
 */
class Heartbeat {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final WorkerRegistry registry;
    private final CellExecutionService ledger;
    private final RunningCells running;
    private final Worker worker;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());

    private boolean answered = true;

    Heartbeat(WorkerRegistry registry, CellExecutionService ledger, RunningCells running, Worker worker) {
        this.registry = registry;
        this.ledger = ledger;
        this.running = running;
        this.worker = worker;
    }

    /** The first beat is over when this returns: who is listed has begun. */
    void start() {
        beat();
        var _ = beats.scheduleAtFixedRate(this::beat, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says goodbye, where the database hears it. */
    void stop() {
        beats.shutdownNow();
        try {
            registry.leave(worker.name());
        } catch (RuntimeException e) {
            log.debug("the others will take this worker for lost", e);
        }
    }

    /** What escapes would end the beats for good. */
    private void beat() {
        try {
            registry.beat(worker, running.isDraining());
            running.stop(ledger.findVoid(running.claims()));
            if (!answered) {
                log.info("The database answers again");
            }
            answered = true;
        } catch (RuntimeException e) {
            if (answered) {
                log.warn("The database does not answer; this worker waits until it does ({})", e.toString());
            }
            answered = false;
        }
    }
}
