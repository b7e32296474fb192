package org.shatterlab.experiment;

import org.springframework.stereotype.Service;

/** What is done from time to time, so that nothing that a process left undone stays so. */
@Service
public class Housekeeping {

    private final CellQueue queue;
    private final Lifecycle lifecycle;
    private final IdempotencyKeys keys;

    Housekeeping(CellQueue queue, Lifecycle lifecycle, IdempotencyKeys keys) {
        this.queue = queue;
        this.lifecycle = lifecycle;
        this.keys = keys;
    }

    /** Refills every window, ends cancellations that were interrupted, and forgets old keys. */
    public void run() {
        queue.topUp();
        lifecycle.finishCancelling();
        keys.purge();
    }
}
