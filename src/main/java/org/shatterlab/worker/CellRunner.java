package org.shatterlab.worker;

import java.util.Optional;
import org.shatterlab.experiment.CellJson;
import org.shatterlab.experiment.CellLedger;
import org.shatterlab.experiment.Claim;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.UnmeasurableException;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.result.Predictor;
import org.shatterlab.result.ResultStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes one cell, from claim to publication. */
class CellRunner {

    private static final Logger LOG = LoggerFactory.getLogger(CellRunner.class);

    private final Lab lab;
    private final CellLedger ledger;
    private final Predictor predictor;
    private final ResultStore results;
    private final String worker;
    private final String provenance;
    private final int attempts;

    CellRunner(
            Lab lab,
            CellLedger ledger,
            Predictor predictor,
            ResultStore results,
            Identity identity,
            WorkerProperties properties) {
        this.lab = lab;
        this.ledger = ledger;
        this.predictor = predictor;
        this.results = results;
        this.worker = identity.worker();
        this.provenance = identity.provenance();
        this.attempts = properties.attempts();
    }

    /**
     * Who computes.
     *
     * @param worker the name of this process, unique among those that share a database
     * @param provenance as JSON
     */
    record Identity(String worker, String provenance) {}

    /**
     * Computes a cell, unless it has ended.
     *
     * @throws RuntimeException where it could not be computed now but may be later
     */
    void run(String fingerprint) {
        Optional<Claim> claim = ledger.claim(fingerprint, worker);
        if (claim.isEmpty()) {
            LOG.debug("cell {} has ended already", fingerprint);
            return;
        }
        run(claim.get());
    }

    private void run(Claim claim) {
        try {
            CellSpec cell = CellJson.read(claim.spec());
            CellResult result = lab.measure(cell);
            predictor.predict(claim.subject(), cell);
            if (!ledger.finish(claim, provenance, () -> results.save(claim.fingerprint(), result))) {
                LOG.info("cell {} was taken over by another worker; its result is dropped", claim.fingerprint());
            }
        } catch (UnmeasurableException e) {
            ledger.fail(claim, e.reason());
        } catch (RuntimeException | OutOfMemoryError e) {
            if (claim.attempt() < attempts) {
                throw e;
            }
            LOG.error("cell {} failed {} times and is given up", claim.fingerprint(), attempts, e);
            ledger.fail(
                    claim,
                    "The worker could not compute this cell in " + attempts + " attempts; its log says why ("
                            + e.getClass().getSimpleName() + ").");
        }
    }
}
