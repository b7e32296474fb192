package org.shatterlab.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Starts the workers when everything else is there, and wakes them when there is work. When the process is told to stop they
 * take no more cells; those that they have may go on for the grace period and are then handed back.
 */
@Component
@ConditionalOnRole(Role.WORKER)
class WorkerLifecycle implements SmartLifecycle {

    private final Scheduler scheduler;
    private final Heartbeat heartbeat;
    private final RunningCells cells;
    private final Duration grace;
    private volatile boolean running;

    WorkerLifecycle(Scheduler scheduler, Heartbeat heartbeat, RunningCells cells, WorkerProperties properties) {
        this.scheduler = scheduler;
        this.heartbeat = heartbeat;
        this.cells = cells;
        this.grace = properties.grace();
    }

    @Override
    public void start() {
        heartbeat.start();
        scheduler.start();
        running = true;
    }

    @Override
    public void stop() {
        cells.drain();
        CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS)
                .execute(cells::halt);
        scheduler.stop();
        heartbeat.stop();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Only once the transaction has committed are the queued cells there to be found. */
    @TransactionalEventListener
    void onCellsQueued(CellQueue.CellsQueued event) {
        scheduler.triggerCheckForDueExecutions();
    }
}
