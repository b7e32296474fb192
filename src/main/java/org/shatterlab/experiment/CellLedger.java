package org.shatterlab.experiment;

import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

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

    CellLedger(
            CellRepository cells,
            ExperimentRepository experiments,
            CellLinks links,
            CellDemand demand,
            CellQueue queue) {
        this.cells = cells;
        this.experiments = experiments;
        this.links = links;
        this.demand = demand;
        this.queue = queue;
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
     * Marks a cell as done. Its results are to be written in the same transaction.
     *
     * @param provenance what computed it, as JSON
     * @return false where the claim has ended, and nothing may be written
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean finish(Claim claim, String provenance) {
        Optional<CellEntity> held = held(claim);
        held.ifPresent(cell -> {
            cell.finish(provenance, Instant.now());
            settle(claim, (experiment, settled) -> experiment.settleDone(settled.cells(), Instant.now()));
        });
        return held.isPresent();
    }

    /** Marks a cell as failed, unless the claim has ended. */
    @Transactional
    public void fail(Claim claim, String reason) {
        held(claim).ifPresent(cell -> {
            cell.fail(reason, Instant.now());
            settle(
                    claim,
                    (experiment, settled) -> experiment.settleFailed(
                            settled.cells(), label(experiment, settled.network()) + ": " + reason, Instant.now()));
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
