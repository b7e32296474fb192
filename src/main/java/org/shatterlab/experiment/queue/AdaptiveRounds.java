package org.shatterlab.experiment.queue;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.CellStore;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentCellRepository;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.platform.DatabaseClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Decides at the end of each round of an adaptive experiment which networks get another round.
 *
 * <p>A decision follows from results that never change. So the decision is made before any lock is taken, and the first
 * process that decides carries the decision out in its own transaction. A process that dies before leaves an experiment
 * whose round is over, which housekeeping finds. The cells of the next round are locked before the experiment, in the
 * lock order of {@link CellExecutionService}. The transaction that settles the last cell holds the experiment already,
 * and cannot take the locks of cells.
 */
@Component
public class AdaptiveRounds {

    private static final Logger log = LoggerFactory.getLogger(AdaptiveRounds.class);

    private final ExperimentRepository experiments;
    private final CellStore cells;
    private final ExperimentCellRepository links;
    private final CellQueue queue;
    private final PrecisionCheck precision;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;

    AdaptiveRounds(
            ExperimentRepository experiments,
            CellStore cells,
            ExperimentCellRepository links,
            CellQueue queue,
            PrecisionCheck precision,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.experiments = experiments;
        this.cells = cells;
        this.links = links;
        this.queue = queue;
        this.precision = precision;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** The decision at the end of a round: the cells of the next round, or no cells. */
    private record Decision(Experiment experiment, List<PlannedCell> next) {}

    /** Advances experiments whose round is over. Housekeeping retries an experiment that cannot be advanced now. */
    public void advanceAll(Collection<UUID> ids) {
        for (UUID id : ids) {
            try {
                advance(id);
            } catch (RuntimeException e) {
                log.warn("The next round of experiment {} cannot be planned now. Housekeeping tries again.", id, e);
            }
        }
    }

    /** Advances the experiments that another process left at the end of a round. */
    public void advanceAbandoned() {
        advanceAll(experiments.findRoundOver());
    }

    /**
     * Advances a stored experiment until one of its cells has to be computed, and returns its new state. Where the
     * experiment cannot be advanced now, housekeeping advances the experiment later, and its stored state is returned.
     */
    public Experiment advance(Experiment experiment) {
        if (experiment.rounds() == null) {
            return experiment;
        }
        advanceAll(List.of(experiment.id()));
        try {
            return transactions.execute(_ ->
                    experiments.findById(experiment.id()).map(this::snapshot).orElse(experiment));
        } catch (RuntimeException e) {
            log.warn(
                    "Experiment {} cannot be read now. Its state before the next round is returned.",
                    experiment.id(),
                    e);
            return experiment;
        }
    }

    private Experiment snapshot(ExperimentEntity entity) {
        return entity.snapshot(clock.now());
    }

    private void advance(UUID id) {
        Optional<Decision> decision;
        do {
            decision = transactions.execute(_ -> decide(id));
            decision.ifPresent(made -> transactions.executeWithoutResult(status -> carryOut(made, status)));
        } while (decision.isPresent());
    }

    private Optional<Decision> decide(UUID id) {
        Optional<Experiment> over =
                experiments.findById(id).filter(ExperimentEntity::isRoundOver).map(this::snapshot);
        return over.map(experiment -> switch (experiment.spec().runs()) {
            case Runs.Adaptive runs -> decide(experiment, runs);
            case Runs.Fixed _ -> throw new IllegalStateException("Experiment " + id + " has no rounds.");
        });
    }

    private Decision decide(Experiment experiment, Runs.Adaptive runs) {
        int round = Objects.requireNonNull(experiment.rounds()) + 1;
        int from = runs.runsAfterRound(round);
        int to = runs.runsAfterRound(round + 1);
        List<PlannedCell> next = from == to
                ? List.of()
                : CellPlanner.plan(experiment.spec(), precision.networksOutsideTargets(experiment, runs), from, to);
        return new Decision(experiment, next);
    }

    private void carryOut(Decision decision, TransactionStatus status) {
        UUID id = decision.experiment().id();
        int firstOrdinal = decision.experiment().progress().cells();
        CellStore.StoredCells stored = cells.store(id, decision.experiment().spec(), decision.next(), firstOrdinal);
        Optional<ExperimentEntity> locked = experiments
                .lock(id)
                .filter(entity -> entity.isRoundOver()
                        && Objects.equals(entity.rounds(), decision.experiment().rounds()));
        if (locked.isEmpty()) {
            status.setRollbackOnly();
            return;
        }
        links.insert(id, stored.links());
        locked.get().endRound(stored, clock.now());
        queue.refill(locked.get());
    }
}
