package org.shatterlab.experiment;

import org.shatterlab.experiment.queue.AdaptiveRounds;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.WorkerRegistry;
import org.springframework.stereotype.Service;

/** Does the recurring work that keeps the service consistent after a process has died. */
@Service
public class Housekeeping {

    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final ExperimentCommands commands;
    private final IdempotencyKeys keys;
    private final WorkerRegistry workers;

    Housekeeping(
            CellQueue queue,
            AdaptiveRounds rounds,
            ExperimentCommands commands,
            IdempotencyKeys keys,
            WorkerRegistry workers) {
        this.queue = queue;
        this.rounds = rounds;
        this.commands = commands;
        this.keys = keys;
        this.workers = workers;
    }

    /**
     * Refills every window, advances experiments whose round is over, and finishes interrupted cancellations. Then
     * deletes old idempotency keys, old experiments and lost workers.
     */
    public void run() {
        queue.topUp();
        rounds.advanceAbandoned();
        commands.finishCancelling();
        keys.purge();
        commands.deleteEnded();
        workers.purge();
    }
}
