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
 * <p>Locks are taken in one order, first the cell and then the experiments that have it, by id.
 */
@Service
public class CellLedger {

    private final CellRepository cells;
    private final ExperimentRepository experiments;
    private final CellLinks links;
    private final CellQueue queue;

    CellLedger(CellRepository cells, ExperimentRepository experiments, CellLinks links, CellQueue queue) {
        this.cells = cells;
        this.experiments = experiments;
        this.links = links;
        this.queue = queue;
    }

    /**
     * Hands a cell to a worker. Any earlier claim of it can no longer publish.
     *
     * @return empty where the cell has ended
     */
    @Transactional
    public Optional<Claim> claim(String fingerprint, String worker) {
        Optional<Claim> claim =
                cells.lock(fingerprint).filter(CellEntity::isWanted).map(CellEntity::claim);
        claim.ifPresent(granted -> {
            links.recordExecution(granted, worker);
            Instant now = Instant.now();
            links.findNotStarted(fingerprint)
                    .forEach(id -> experiments.lock(id).ifPresent(experiment -> experiment.start(now)));
        });
        return claim;
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
