package org.shatterlab.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.queue.AdaptiveRounds;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.QueueCapacity;
import org.shatterlab.experiment.queue.QueueWithdrawal;
import org.shatterlab.experiment.queue.SubmissionRate;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.experiment.store.CellTotals;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentCellRepository;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentFilter;
import org.shatterlab.experiment.store.ExperimentQueries;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.experiment.store.ExperimentStatus;
import org.shatterlab.experiment.store.WantedCells;
import org.shatterlab.platform.DatabaseClock;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Cancels, retries and deletes experiments. Locks are taken in the order of {@code CellExecutionService}. */
@Service
public class ExperimentCommands {

    /** The number of experiments that one transaction cancels. */
    private static final int BATCH = 100;

    /** The number of experiments that one housekeeping run deletes, and the time that the deletions may take. */
    private static final int MAX_DELETED = 100;

    private static final Duration MAX_DELETING = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(ExperimentCommands.class);

    private final ExperimentRepository experiments;
    private final ExperimentQueries queries;
    private final CellRepository cells;
    private final ExperimentCellRepository links;
    private final WantedCells wanted;
    private final QueueWithdrawal withdrawal;
    private final SubmissionRate rate;
    private final QueueCapacity capacity;
    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final RetentionProperties retention;
    private final ApplicationEventPublisher events;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;

    ExperimentCommands(
            ExperimentRepository experiments,
            ExperimentQueries queries,
            CellRepository cells,
            ExperimentCellRepository links,
            WantedCells wanted,
            QueueWithdrawal withdrawal,
            SubmissionRate rate,
            QueueCapacity capacity,
            CellQueue queue,
            AdaptiveRounds rounds,
            RetentionProperties retention,
            ApplicationEventPublisher events,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.experiments = experiments;
        this.queries = queries;
        this.cells = cells;
        this.links = links;
        this.wanted = wanted;
        this.withdrawal = withdrawal;
        this.rate = rate;
        this.capacity = capacity;
        this.queue = queue;
        this.rounds = rounds;
        this.retention = retention;
        this.events = events;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Cancels an experiment. Cells that no other experiment wants leave the queue. Workers stop running cells within a
     * second. Cancelling a cancelled experiment changes nothing.
     *
     * @throws ProblemException with status 404 or 409, where the experiment does not exist or has ended
     */
    public Experiment cancel(String id) {
        UUID key = ExperimentService.key(id);
        // This transaction commits first. Only then does every process see which cells are still wanted.
        transactions.executeWithoutResult(_ -> {
            ExperimentEntity experiment = lock(key);
            switch (experiment.state()) {
                case QUEUED, RUNNING -> experiment.cancel();
                case CANCELLING, CANCELLED -> {}
                case SUCCEEDED, FAILED -> throw conflict("cancelled, because its state is " + experiment.state());
            }
        });
        return transactions.execute(_ -> withdraw(List.of(key)).stream()
                .findFirst()
                .map(this::snapshot)
                .orElseThrow(() -> ExperimentService.notFound(id)));
    }

    /**
     * Cancels all live experiments that a filter selects. Several short transactions keep workers and submissions from
     * waiting.
     *
     * @param filter a filter whose states are live
     */
    public Cancelled cancelAll(ExperimentFilter filter) {
        List<UUID> matched = queries.findIds(filter).stream().sorted().toList();
        List<UUID> cancelled = new ArrayList<>();
        for (List<UUID> batch : batches(matched)) {
            List<UUID> live = transactions.execute(_ -> {
                List<ExperimentEntity> locked = experiments.lockAll(batch).stream()
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
     * The outcome of a bulk cancellation.
     *
     * @param matched the number of experiments that the filter selected
     * @param cancelled the number of experiments that are cancelled now. The other experiments ended in between.
     * @param items the ids of the cancelled experiments
     */
    public record Cancelled(int matched, int cancelled, List<UUID> items) {}

    /** Finishes cancellations that another process started and did not finish. */
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
        withdrawal.withdraw(ids);
        List<ExperimentEntity> locked = experiments.lockAll(ids);
        Set<UUID> open = wanted.findUnwantedOpen(ids.toArray(UUID[]::new));
        Instant now = clock.now();
        locked.stream()
                .filter(experiment -> experiment.state() == ExperimentState.CANCELLING)
                .filter(experiment -> !open.contains(experiment.getId()))
                .forEach(experiment -> experiment.finishCancelling(now));
        return locked;
    }

    /**
     * Computes the missing cells of a failed or cancelled experiment. The bytes of the experiment are counted already.
     *
     * @param caller the name of the token of the request; null where the service runs without tokens
     * @throws ProblemException with status 404, 409 or 429, where the experiment does not exist, has another state, or
     *     the queue has no room
     */
    public Experiment retry(String id, @Nullable String caller) {
        UUID key = ExperimentService.key(id);
        ExperimentStatus known = queries.findStatuses(List.of(key)).stream()
                .findFirst()
                .orElseThrow(() -> ExperimentService.notFound(id));
        rate.take(caller, known.progress().cells());
        return rounds.advance(transactions.execute(_ -> {
            cells.lockAllOf(key);
            cells.planFailed(key);
            links.settleDone(key);
            CellTotals done = links.sumSettled(key);
            ExperimentEntity experiment = lock(key);
            if (!experiment.state().canBecome(ExperimentState.QUEUED)) {
                throw conflict("retried while it is " + experiment.state() + ", only when it is FAILED or CANCELLED");
            }
            experiment.retry(done, clock.now());
            capacity.requireRoom(experiment.owner(), experiment.open());
            queue.refill(experiment);
            capacity.admitted(experiment.owner(), experiment.open());
            return snapshot(experiment);
        }));
    }

    /**
     * Deletes an experiment that has ended. Cells that no other experiment has are deleted with their results.
     *
     * @throws ProblemException with status 404 or 409, where the experiment does not exist or has not ended
     */
    public void delete(String id) {
        delete(ExperimentService.key(id));
    }

    private void delete(UUID key) {
        transactions.executeWithoutResult(_ -> {
            List<String> fingerprints = cells.lockAllOf(key);
            ExperimentEntity experiment = lock(key);
            if (!experiment.state().isTerminal()) {
                throw conflict("deleted while it is " + experiment.state() + "; cancel it first");
            }
            experiments.delete(experiment);
            Set<String> subjects = cells.deleteUnshared(fingerprints.toArray(String[]::new));
            events.publishEvent(new CellsDeleted(subjects));
        });
    }

    /**
     * The event that cells were deleted, published in the transaction that deletes the cells.
     *
     * @param subjects the subjects of the deleted cells
     */
    public record CellsDeleted(Set<String> subjects) {}

    /** Deletes experiments whose retention time is over. */
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
                log.debug("Experiment {} was deleted or retried by a user in between.", id, e);
            }
        }
    }

    private Experiment snapshot(ExperimentEntity entity) {
        return entity.snapshot(clock.now());
    }

    private ExperimentEntity lock(UUID id) {
        return experiments.lock(id).orElseThrow(() -> ExperimentService.notFound(id.toString()));
    }

    private static ProblemException conflict(String why) {
        return new ProblemException(Problem.CONFLICT, "The experiment cannot be " + why + ".");
    }
}
