package org.shatterlab.experiment;

import org.springframework.stereotype.Service;

/** What is done from time to time, so that nothing that a process left undone stays so. */
@Service
public class Housekeeping {

    private final CellQueue queue;
    private final Rounds rounds;
    private final Lifecycle lifecycle;
    private final IdempotencyKeys keys;
    private final WorkerRegistry workers;

    Housekeeping(CellQueue queue, Rounds rounds, Lifecycle lifecycle, IdempotencyKeys keys, WorkerRegistry workers) {
        this.queue = queue;
        this.rounds = rounds;
        this.lifecycle = lifecycle;
        this.keys = keys;
        this.workers = workers;
    }

    /** Refills every window, goes on with experiments whose round is over, ends cancellations that were interrupted, and forgets old keys and lost workers. */
    public void run() {
        queue.topUp();
        rounds.takeUp();
        lifecycle.finishCancelling();
        keys.purge();
        workers.purge();
    }
}
