package org.shatterlab.experiment;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The workers' side of experiments: who computes which cell, and what became of it.
 *
 * <p>Locks are taken in one order: cells by fingerprint, then experiments by id. Whoever holds an experiment's lock waits
 * for no cell.
 */
@Service
public class CellLedger {

    private final CellRepository cells;
    private final ExperimentRepository experiments;
    private final CellLinks links;
    private final CellDemand demand;
    private final CellQueue queue;
    private final Rounds rounds;
    private final TransactionOperations transactions;

    CellLedger(
            CellRepository cells,
            ExperimentRepository experiments,
            CellLinks links,
            CellDemand demand,
            CellQueue queue,
            Rounds rounds,
            TransactionOperations transactions) {
        this.cells = cells;
        this.experiments = experiments;
        this.links = links;
        this.demand = demand;
        this.queue = queue;
        this.rounds = rounds;
        this.transactions = transactions;
    }

    /**
     * Hands a cell to a worker. Any earlier claim of it can no longer publish.
     *
     * @return empty where the cell has ended, or nobody wants it any more
     */
    @Transactional
    public Optional<Claim> claim(String fingerprint, String worker) {
        Optional<CellEntity> open = cells.lock(fingerprint).filter(CellEntity::isOpen);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        if (!demand.isWanted(fingerprint)) {
            release(open.get());
            return Optional.empty();
        }
        Claim claim = open.get().claim();
        links.recordExecution(claim, worker);
        Instant now = Instant.now();
        links.findExperiments(fingerprint, ExperimentState.QUEUED)
                .forEach(id -> experiments.lock(id).ifPresent(experiment -> experiment.start(now)));
        return Optional.of(claim);
    }

    /** Gives up what was cancelled between two attempts of it, or before the first. */
    private void release(CellEntity cell) {
        cell.release();
        cells.flush();
        links.findExperiments(cell.fingerprint(), ExperimentState.CANCELLING)
                .forEach(id -> experiments.lock(id).ifPresent(this::finishCancelling));
    }

    private void finishCancelling(ExperimentEntity experiment) {
        if (experiment.state() == ExperimentState.CANCELLING && !demand.hasOpen(experiment.getId())) {
            experiment.finishCancelling(Instant.now());
        }
    }

    /**
     * Marks a cell as done, and goes on with the experiments whose round it ends.
     *
     * @param provenance what computed it, as JSON
     * @param results writes what was measured, in the transaction that marks the cell
     * @return false where the claim has ended, and nothing was written
     */
    public boolean finish(Claim claim, String provenance, Runnable results) {
        List<UUID> roundsOver = new ArrayList<>();
        Optional<CellEntity> finished = transactions.execute(_ -> {
            Optional<CellEntity> held = held(claim);
            held.ifPresent(cell -> {
                results.run();
                cell.finish(provenance, Instant.now());
                settle(claim, (experiment, settled) -> {
                    experiment.settleDone(settled, Instant.now());
                    if (experiment.isRoundOver()) {
                        roundsOver.add(experiment.getId());
                    }
                });
            });
            return held;
        });
        rounds.advanceAll(roundsOver);
        return finished.isPresent();
    }

    /** Marks a cell as failed, unless the claim has ended. */
    @Transactional
    public void fail(Claim claim, String reason) {
        held(claim).ifPresent(cell -> {
            cell.fail(reason, Instant.now());
            settle(
                    claim,
                    (experiment, settled) -> experiment.settleFailed(
                            settled, label(experiment, settled.network()) + ": " + reason, Instant.now()));
        });
    }

    private Optional<CellEntity> held(Claim claim) {
        return cells.lock(claim.fingerprint()).filter(cell -> cell.isHeldBy(claim));
    }

    private void settle(Claim claim, BiConsumer<ExperimentEntity, CellLinks.Settled> change) {
        for (CellLinks.Settled settled : links.settle(claim.fingerprint())) {
            ExperimentEntity experiment = experiments.lock(settled.experiment()).orElseThrow();
            change.accept(experiment, settled);
            finishCancelling(experiment);
            queue.refill(experiment);
        }
    }

    private static String label(ExperimentEntity experiment, int network) {
        return SpecReader.restore(SpecJson.parse(experiment.spec()))
                .networks()
                .get(network)
                .label();
    }
}
