package org.shatterlab.worker;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.shatterlab.experiment.CellLedger;
import org.shatterlab.experiment.WorkerRegistry;
import org.shatterlab.experiment.WorkerRegistry.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once a second: tells the others that this process is alive, stops cells that were cancelled or taken over, and sets its
 * clock by the database's. So all workers go by one clock, whatever those of their machines say.
 */
class Heartbeat implements Clock {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final WorkerRegistry registry;
    private final CellLedger ledger;
    private final RunningCells running;
    private final Worker worker;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());

    /** So much more the clocks may differ after each second; the right time is a matter of tens of milliseconds. */
    private static final Duration DRIFT = Duration.ofMillis(10);

    /** What the database's clock is ahead of the machine's. */
    private volatile Duration ahead = Duration.ZERO;

    private Duration uncertainty = Duration.ofDays(1);

    private boolean answered = true;

    Heartbeat(WorkerRegistry registry, CellLedger ledger, RunningCells running, Worker worker) {
        this.registry = registry;
        this.ledger = ledger;
        this.running = running;
        this.worker = worker;
    }

    /** The first beat is over when this returns, so that the clock is right from the start. */
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
            LOG.debug("the others will take this worker for lost", e);
        }
    }

    @Override
    public Instant now() {
        return Instant.now().plus(ahead);
    }

    /** An answer that took long, because the machine is busy, tells less of the time than an earlier one that did not. */
    private void setClock(Instant before, Instant there, Instant after) {
        Duration onTheWay = Duration.between(before, after).dividedBy(2);
        uncertainty = uncertainty.plus(DRIFT);
        if (onTheWay.compareTo(uncertainty) <= 0) {
            uncertainty = onTheWay;
            ahead = Duration.between(before.plus(onTheWay), there);
        }
    }

    /** What escapes would end the beats for good. */
    private void beat() {
        try {
            Instant before = Instant.now();
            Instant there = registry.beat(worker, running.isDraining());
            setClock(before, there, Instant.now());
            running.stop(ledger.lapsed(running.claims()));
            if (!answered) {
                LOG.info("The database answers again");
            }
            answered = true;
        } catch (RuntimeException e) {
            if (answered) {
                LOG.warn("The database does not answer; this worker waits until it does ({})", e.toString());
            }
            answered = false;
        }
    }
}
