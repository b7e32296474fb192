package org.shatterlab.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.shatterlab.experiment.queue.CellExecutionService;
import org.shatterlab.experiment.queue.SmallCellBatch;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.platform.DatabaseFailures;
import org.shatterlab.result.PredictionStore;
import org.shatterlab.result.ResultStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes one cell, from claim to publication. */
class CellRunner implements SmallCellBatch.Computer<CellRunner.Measured> {

    private static final Logger log = LoggerFactory.getLogger(CellRunner.class);
    private static final Optional<Duration> ENDED = Optional.empty();
    private static final Optional<Duration> AT_ONCE = Optional.of(Duration.ZERO);

    /** How long it waits between two attempts to publish while the database is away. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Measurer measurer;
    private final CellExecutionService ledger;
    private final SmallCellBatch smallCells;
    private final PredictionStore predictor;
    private final ResultStore results;
    private final RunningCells running;
    private final Identity identity;
    private final int attempts;

    CellRunner(
            Measurer measurer,
            CellExecutionService ledger,
            SmallCellBatch smallCells,
            PredictionStore predictor,
            ResultStore results,
            RunningCells running,
            Identity identity,
            WorkerProperties properties) {
        this.measurer = measurer;
        this.ledger = ledger;
        this.smallCells = smallCells;
        this.predictor = predictor;
        this.results = results;
        this.running = running;
        this.identity = identity;
        this.attempts = properties.attempts();
    }

    /**
     * Who computes.
     *
     * @param worker the name of this process, unique among those that share a database
     * @param provenance as JSON
     */
    record Identity(String worker, String provenance) {}

    /** A cell that was measured, and its result. */
    record Measured(CellSpec cell, CellResult result) {}

    /** What measures a cell, on the caller's thread or while it waits. */
    @FunctionalInterface
    interface Measurer {

        /**
         * Measures a cell.
         *
         * @param stop whether the result is not needed any more
         * @throws UnmeasurableException where it has none, which is its specification's fault
         * @throws CancellationException where it was stopped
         */
        CellResult measure(CellSpec cell, BooleanSupplier stop);
    }

    /**
     * Computes a cell, unless it has ended.
     *
     * @param small whether it is for {@link SmallCellBatch}
     * @return after what time another worker is to try it; empty where nobody is
     * @throws RuntimeException where the database does not answer
     */
    Optional<Duration> run(String fingerprint, boolean small) {
        if (running.isDraining()) {
            return AT_ONCE;
        }
        if (small && isComputedWithOthers(fingerprint)) {
            return ENDED;
        }
        Optional<CellLease> claim = ledger.lease(fingerprint, identity.worker());
        if (claim.isEmpty()) {
            log.debug("cell {} has ended already", fingerprint);
            return ENDED;
        }
        return run(claim.get());
    }

    /** Where one of several cells cannot be computed, the one asked for is tried alone, and what fails is told of that one. */
    private boolean isComputedWithOthers(String fingerprint) {
        try {
            return smallCells.compute(fingerprint, identity.worker(), identity.provenance(), this);
        } catch (RuntimeException | OutOfMemoryError e) {
            if (DatabaseFailures.isOutage(e)) {
                throw e;
            }
            log.debug("cell {} is tried alone", fingerprint, e);
            return false;
        }
    }

    @Override
    public Measured measure(CellLease claim) {
        CellSpec cell = CellSpecJson.read(claim.spec());
        return new Measured(cell, measurer.measure(cell, () -> false));
    }

    @Override
    public void save(Map<CellLease, Measured> all) {
        Set<List<Object>> predicted = new HashSet<>();
        Map<String, CellResult> byFingerprint = new HashMap<>();
        all.forEach((claim, measured) -> {
            CellSpec cell = measured.cell();
            if (predicted.add(List.of(claim.subject(), cell.depths(), cell.statistics()))) {
                predictor.predict(claim.subject(), cell);
            }
            byFingerprint.put(claim.fingerprint(), measured.result());
        });
        results.save(byFingerprint);
    }

    private Optional<Duration> run(CellLease claim) {
        try (RunningCells.Cell cell = running.begin(claim)) {
            CellSpec spec = CellSpecJson.read(claim.spec());
            CellResult result = measurer.measure(spec, cell::isStopped);
            publish(cell, claim, spec, result);
            return ENDED;
        } catch (CancellationException e) {
            log.debug("cell {} was stopped", claim.fingerprint(), e);
            return ledger.returnLease(claim) ? AT_ONCE : ENDED;
        } catch (UnmeasurableException e) {
            ledger.fail(claim, e.reason());
            return ENDED;
        } catch (RuntimeException | OutOfMemoryError e) {
            if (DatabaseFailures.isOutage(e)) {
                throw e;
            }
            return afterFailure(claim, e);
        }
    }

    /** What was computed is not given up because the database is away: it waits here, for as long as it is of use. */
    private void publish(RunningCells.Cell cell, CellLease claim, CellSpec spec, CellResult result) {
        while (true) {
            try {
                predictor.predict(claim.subject(), spec);
                if (!ledger.complete(claim, identity.provenance(), () -> results.save(claim.fingerprint(), result))) {
                    log.info("cell {} was taken over by another worker; its result is dropped", claim.fingerprint());
                }
                return;
            } catch (RuntimeException e) {
                if (!DatabaseFailures.isOutage(e) || cell.isStopped()) {
                    throw e;
                }
                log.debug("the result of cell {} waits for the database", claim.fingerprint(), e);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while the database was away");
        }
    }

    /** The time to the next attempt doubles from one second on. */
    private Optional<Duration> afterFailure(CellLease claim, Throwable failure) {
        Optional<Integer> attempt = ledger.failAttempt(
                claim,
                attempts,
                "The worker could not compute this cell in " + attempts + " attempts; its log says why ("
                        + failure.getClass().getSimpleName() + ").");
        if (attempt.isPresent()) {
            log.warn("attempt {} at cell {} failed", attempt.get(), claim.fingerprint(), failure);
        } else {
            log.error("cell {} failed for the last time and is given up", claim.fingerprint(), failure);
        }
        return attempt.map(number -> Duration.ofSeconds(1L << (number - 1)));
    }
}
