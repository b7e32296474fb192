package org.shatterlab.experiment;

import org.shatterlab.experiment.queue.AdaptiveRounds;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.WorkerRegistry;
import org.springframework.stereotype.Service;

/** What is done from time to time, so that nothing that a process left undone stays so. */
@Service
public class Housekeeping {

    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final ExperimentCommands lifecycle;
    private final IdempotencyKeys keys;
    private final WorkerRegistry workers;

    Housekeeping(
            CellQueue queue,
            AdaptiveRounds rounds,
            ExperimentCommands lifecycle,
            IdempotencyKeys keys,
            WorkerRegistry workers) {
        this.queue = queue;
        this.rounds = rounds;
        this.lifecycle = lifecycle;
        this.keys = keys;
        this.workers = workers;
    }

    /**
     * Refills every window, goes on with experiments whose round is over, ends cancellations that were interrupted, and
     * forgets old keys, experiments and lost workers.
     */
    public void run() {
        queue.topUp();
        rounds.takeUp();
        lifecycle.finishCancelling();
        keys.purge();
        lifecycle.deleteEnded();
        workers.purge();
    }
}
