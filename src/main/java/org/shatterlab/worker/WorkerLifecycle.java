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
 * Starts and stops the workers, and wakes them when cells are queued. The workers start after all other beans. When the
 * process stops, the workers take no more cells. Running cells may continue for the grace period and are then handed
 * back.
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

    /** Wakes the workers after the transaction has committed, because the queued cells are visible only then. */
    @TransactionalEventListener
    void onCellsQueued(CellQueue.CellsQueued event) {
        scheduler.triggerCheckForDueExecutions();
    }
}
