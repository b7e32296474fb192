package org.shatterlab.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Gatherers;
import org.shatterlab.experiment.queue.AdaptiveRounds;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.QueueCapacity;
import org.shatterlab.experiment.queue.WantedCells;
import org.shatterlab.experiment.store.CellTotals;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentList;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.platform.DatabaseClock;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** What a user does with experiments that there are. The order of locks is that of {@code CellExecutionService}. */
@Service
public class ExperimentCommands {

    /** How many experiments are cancelled in one transaction. */
    private static final int BATCH = 100;

    /** How many are deleted, and how long that may go on, until it is the turn of other housekeeping. */
    private static final int MAX_DELETED = 100;

    private static final Duration MAX_DELETING = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(ExperimentCommands.class);

    private final ExperimentRepository experiments;
    private final ExperimentList list;
    private final WantedCells demand;
    private final QueueCapacity openCells;
    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final RetentionProperties retention;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;

    ExperimentCommands(
            ExperimentRepository experiments,
            ExperimentList list,
            WantedCells demand,
            QueueCapacity openCells,
            CellQueue queue,
            AdaptiveRounds rounds,
            RetentionProperties retention,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.experiments = experiments;
        this.list = list;
        this.demand = demand;
        this.openCells = openCells;
        this.queue = queue;
        this.rounds = rounds;
        this.retention = retention;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Ends an experiment early. Cells that nobody else wants leave the queue; those that run are stopped by their workers,
     * which look once a second. To cancel what is cancelled changes nothing.
     *
     * @throws ProblemException where there is none, or it has ended
     */
    public Experiment cancel(String id) {
        UUID key = ExperimentService.key(id);
        // Committed on its own: once everyone sees that it is no longer live, its cells can be judged.
        transactions.executeWithoutResult(_ -> {
            ExperimentEntity experiment = lock(key);
            switch (experiment.state()) {
                case QUEUED, RUNNING -> experiment.cancel();
                case CANCELLING, CANCELLED -> {}
                case SUCCEEDED, FAILED -> throw conflict("cancelled, since it has " + experiment.state() + " already");
            }
        });
        return transactions.execute(_ ->
                withdraw(List.of(key)).stream().findFirst().map(this::read).orElseThrow(ExperimentService::notFound));
    }

    /**
     * Ends all experiments early that a filter selects and that have not ended, as {@link #cancel} does each. Some at a time,
     * so that those who compute or submit wait for a moment only.
     *
     * @param filter whose states are live
     */
    public Cancelled cancelAll(ExperimentList.Filter filter) {
        List<UUID> matched = list.findIds(filter).stream().sorted().toList();
        List<UUID> cancelled = new ArrayList<>();
        for (List<UUID> some : batches(matched)) {
            List<UUID> live = transactions.execute(_ -> {
                List<ExperimentEntity> locked = experiments.lockAll(some).stream()
                        .filter(experiment -> experiment.state().isLive())
                        .toList();
                locked.forEach(ExperimentEntity::cancel);
                return locked.stream().map(ExperimentEntity::getId).toList();
            });
            withdrawAll(live);
            cancelled.addAll(live);
        }
        return new Cancelled(matched.size(), cancelled.size(), cancelled);
    }

    /**
     * What became of many experiments.
     *
     * @param matched how many the filter selected
     * @param cancelled how many of them are cancelled now; the others ended by themselves in between
     * @param items the ids of those that are
     */
    public record Cancelled(int matched, int cancelled, List<UUID> items) {}

    /** Takes up what a process began and did not live to end. */
    void finishCancelling() {
        batches(experiments.findCancelling()).forEach(this::withdrawAll);
    }

    private static List<List<UUID>> batches(List<UUID> ids) {
        return ids.stream().gather(Gatherers.windowFixed(BATCH)).toList();
    }

    private void withdrawAll(List<UUID> ids) {
        transactions.executeWithoutResult(_ -> withdraw(ids));
    }

    private List<ExperimentEntity> withdraw(List<UUID> ids) {
        demand.withdraw(ids);
        List<ExperimentEntity> locked = experiments.lockAll(ids);
        Set<UUID> open = demand.findOpen(ids);
        Instant now = clock.now();
        locked.stream()
                .filter(experiment -> experiment.state() == ExperimentState.CANCELLING)
                .filter(experiment -> !open.contains(experiment.getId()))
                .forEach(experiment -> experiment.finishCancelling(now));
        return locked;
    }

    /**
     * Computes what an experiment lacks that failed or was cancelled.
     *
     * @throws ProblemException where there is none, it is in another state, or the queue has no room for it
     */
    public Experiment retry(String id) {
        UUID key = ExperimentService.key(id);
        return rounds.advance(transactions.execute(_ -> {
            CellTotals done = demand.planMissing(key);
            ExperimentEntity experiment = lock(key);
            if (!experiment.state().canBecome(ExperimentState.QUEUED)) {
                throw conflict("retried while it is " + experiment.state() + ", only when it is FAILED or CANCELLED");
            }
            experiment.retry(done, clock.now());
            openCells.requireRoom(experiment.owner(), experiment.open());
            queue.refill(experiment);
            openCells.admitted(experiment.owner(), experiment.open());
            return read(experiment);
        }));
    }

    /**
     * Deletes an experiment that has ended, and its cells, with all that was measured, that no other experiment has.
     *
     * @throws ProblemException where there is none, or it has not ended
     */
    public void delete(String id) {
        delete(ExperimentService.key(id));
    }

    private void delete(UUID key) {
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

    /** Deletes some of the experiments that ended longer ago than they are kept. */
    void deleteEnded() {
        if (retention.retention() == null) {
            return;
        }
        Instant now = clock.now();
        for (UUID id : experiments.findEndedBefore(now.minus(retention.retention()), MAX_DELETED)) {
            if (clock.now().isAfter(now.plus(MAX_DELETING))) {
                return;
            }
            try {
                delete(id);
            } catch (ProblemException e) {
                log.debug("experiment {} was deleted or taken up by its user", id, e);
            }
        }
    }

    private Experiment read(ExperimentEntity entity) {
        return Experiment.of(entity, clock.now());
    }

    private ExperimentEntity lock(UUID id) {
        return experiments.lock(id).orElseThrow(ExperimentService::notFound);
    }

    private static ProblemException conflict(String why) {
        return new ProblemException(Problem.CONFLICT, "The experiment cannot be " + why + ".");
    }
}
