package org.shatterlab.experiment.queue;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.CellLinks;
import org.shatterlab.experiment.store.CellStore;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.platform.DatabaseClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Decides at the end of each round of an adaptive experiment which networks get another one.
 *
 * <p>What is decided follows from results that never change. So it is worked out before any lock is taken, and carried out
 * in one transaction of its own, by whoever comes first: a process that dies before leaves an experiment whose round is
 * over, which {@code Housekeeping} finds. The cells of the next round are locked before the experiment, as {@link
 * CellLedger} says; in the transaction that settles the last cell, which has the experiment, they could not be.
 */
@Component
public class AdaptiveRounds {

    private static final Logger log = LoggerFactory.getLogger(AdaptiveRounds.class);

    private final ExperimentRepository experiments;
    private final CellStore cells;
    private final CellLinks links;
    private final CellQueue queue;
    private final PrecisionCheck precision;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;

    AdaptiveRounds(
            ExperimentRepository experiments,
            CellStore cells,
            CellLinks links,
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

    /** What follows a round that is over: the cells of the next, or none. */
    private record Decision(Experiment experiment, List<PlannedCell> next) {}

    /** Goes on with experiments whose round is over. What cannot be decided now is taken up later. */
    void advanceAll(Collection<UUID> ids) {
        for (UUID id : ids) {
            try {
                advance(id);
            } catch (RuntimeException e) {
                log.warn("the next round of experiment {} cannot be planned now", id, e);
            }
        }
    }

    /** Goes on with those that a process left. */
    public void takeUp() {
        advanceAll(experiments.findRoundOver());
    }

    /**
     * Goes on with an experiment that is stored until a cell of it has to be computed, and tells how it is then. Where that
     * is not possible now it is done later, and the experiment is told as it was stored.
     */
    public Experiment advance(Experiment experiment) {
        if (experiment.rounds() == null) {
            return experiment;
        }
        advanceAll(List.of(experiment.id()));
        try {
            return transactions.execute(
                    _ -> experiments.findById(experiment.id()).map(this::read).orElse(experiment));
        } catch (RuntimeException e) {
            log.warn("experiment {} cannot be read now", experiment.id(), e);
            return experiment;
        }
    }

    private Experiment read(ExperimentEntity entity) {
        return Experiment.of(entity, clock.now());
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
                experiments.findById(id).filter(ExperimentEntity::isRoundOver).map(this::read);
        return over.map(experiment -> switch (experiment.spec().runs()) {
            case Runs.Adaptive runs -> decide(experiment, runs);
            case Runs.Fixed _ -> throw new IllegalStateException("experiment " + id + " has no rounds");
        });
    }

    private Decision decide(Experiment experiment, Runs.Adaptive runs) {
        int round = Objects.requireNonNull(experiment.rounds()) + 1;
        int from = runs.after(round);
        int to = runs.after(round + 1);
        List<PlannedCell> next = from == to
                ? List.of()
                : CellPlanner.plan(experiment.spec(), precision.outside(experiment, runs), from, to);
        return new Decision(experiment, next);
    }

    private void carryOut(Decision decision, TransactionStatus status) {
        UUID id = decision.experiment().id();
        int ordinal = decision.experiment().progress().cells();
        CellStore.Stored stored = cells.store(id, decision.experiment().spec(), decision.next(), ordinal);
        Optional<ExperimentEntity> locked = experiments
                .lock(id)
                .filter(entity -> entity.isRoundOver()
                        && Objects.equals(entity.rounds(), decision.experiment().rounds()));
        if (locked.isEmpty()) {
            status.setRollbackOnly();
            return;
        }
        links.insert(id, stored.places());
        locked.get().endRound(stored.all(), stored.cached(), clock.now());
        queue.refill(locked.get());
    }
}
