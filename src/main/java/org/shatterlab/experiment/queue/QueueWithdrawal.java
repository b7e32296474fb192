package org.shatterlab.experiment.queue;

import java.util.Collection;
import java.util.UUID;
import org.shatterlab.experiment.store.WantedCells;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Takes cells out of the queue that no live experiment wants any more. */
@Component
public class QueueWithdrawal {

    private final WantedCells wanted;
    private final QueuedCells queued;

    QueueWithdrawal(WantedCells wanted, QueuedCells queued) {
        this.wanted = wanted;
        this.queued = queued;
    }

    /** Withdraws the waiting cells of experiments that were cancelled. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void withdraw(Collection<UUID> experiments) {
        queued.removeUnpicked(wanted.unscheduleUnwanted(experiments));
    }
}
