package org.shatterlab.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import org.shatterlab.experiment.CellQueue;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** Starts the workers when everything else is there, stops them before it goes, and wakes them when there is work. */
@Component
@ConditionalOnRole(Role.WORKER)
class WorkerLifecycle implements SmartLifecycle {

    private final Scheduler scheduler;
    private volatile boolean running;

    WorkerLifecycle(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void start() {
        scheduler.start();
        running = true;
    }

    @Override
    public void stop() {
        scheduler.stop();
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
