package org.shatterlab.experiment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** What a user does with experiments that there are. The order of locks is that of {@link CellLedger}. */
@Service
public class Lifecycle {

    private final ExperimentRepository experiments;
    private final CellDemand demand;
    private final CellQueue queue;
    private final Rounds rounds;
    private final TransactionOperations transactions;

    Lifecycle(
            ExperimentRepository experiments,
            CellDemand demand,
            CellQueue queue,
            Rounds rounds,
            TransactionOperations transactions) {
        this.experiments = experiments;
        this.demand = demand;
        this.queue = queue;
        this.rounds = rounds;
        this.transactions = transactions;
    }

    /**
     * Ends an experiment early. Cells that nobody else wants leave the queue; those that run are stopped by their workers,
     * which look once a second. To cancel what is cancelled changes nothing.
     *
     * @throws ProblemException where there is none, or it has ended
     */
    public Experiment cancel(String id) {
        UUID key = Experiments.key(id);
        // Committed on its own: once everyone sees that it is no longer live, its cells can be judged.
        transactions.executeWithoutResult(_ -> {
            ExperimentEntity experiment = lock(key);
            switch (experiment.state()) {
                case QUEUED, RUNNING -> experiment.cancel();
                case CANCELLING, CANCELLED -> {}
                case SUCCEEDED, FAILED -> throw conflict("cancelled, since it has " + experiment.state() + " already");
            }
        });
        return transactions.execute(_ -> Experiment.of(withdraw(key)));
    }

    /** Takes up what a process began and did not live to end. */
    void finishCancelling() {
        for (UUID id : experiments.findCancelling()) {
            transactions.executeWithoutResult(_ -> withdraw(id));
        }
    }

    private ExperimentEntity withdraw(UUID id) {
        demand.withdraw(id);
        ExperimentEntity experiment = lock(id);
        if (experiment.state() == ExperimentState.CANCELLING && !demand.hasOpen(id)) {
            experiment.finishCancelling(Instant.now());
        }
        return experiment;
    }

    /**
     * Computes what an experiment lacks that failed or was cancelled.
     *
     * @throws ProblemException where there is none, or it is in another state
     */
    public Experiment retry(String id) {
        UUID key = Experiments.key(id);
        return rounds.advance(transactions.execute(_ -> {
            int done = demand.planMissing(key);
            ExperimentEntity experiment = lock(key);
            if (!experiment.state().canBecome(ExperimentState.QUEUED)) {
                throw conflict("retried while it is " + experiment.state() + ", only when it is FAILED or CANCELLED");
            }
            experiment.retry(done, Instant.now());
            queue.refill(experiment);
            return Experiment.of(experiment);
        }));
    }

    /**
     * Deletes an experiment that has ended, and its cells, with all that was measured, that no other experiment has.
     *
     * @throws ProblemException where there is none, or it has not ended
     */
    public void delete(String id) {
        UUID key = Experiments.key(id);
        transactions.executeWithoutResult(_ -> {
            List<String> cells = demand.lock(key);
            ExperimentEntity experiment = lock(key);
            if (!experiment.state().isTerminal()) {
                throw conflict("deleted while it is " + experiment.state() + "; cancel it first");
            }
            experiments.delete(experiment);
            experiments.flush();
            demand.deleteUnshared(cells);
        });
    }

    private ExperimentEntity lock(UUID id) {
        return experiments.lock(id).orElseThrow(Experiments::notFound);
    }

    private static ProblemException conflict(String why) {
        return new ProblemException(Problem.CONFLICT, "The experiment cannot be " + why + ".");
    }
}
