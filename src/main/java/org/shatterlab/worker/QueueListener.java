package org.shatterlab.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.NotificationListener;
import org.shatterlab.platform.Role;
import org.springframework.stereotype.Component;

/** Wakes the workers when another process has added cells to the queue. */
@Component
@ConditionalOnRole(Role.WORKER)
class QueueListener implements NotificationListener {

    private final Scheduler scheduler;

    QueueListener(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public String channel() {
        return CellQueue.QUEUED;
    }

    @Override
    public void onNotification(String payload) {
        scheduler.triggerCheckForDueExecutions();
    }

    @Override
    public void onGap() {
        scheduler.triggerCheckForDueExecutions();
    }
}
