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

/** Runs a cell: acquires its lease, measures the cell, and publishes the result. Thread-safe. */
class CellRunner implements SmallCellBatch.Computer<CellRunner.CellMeasurement> {

    private static final Logger log = LoggerFactory.getLogger(CellRunner.class);
    private static final Optional<Duration> ENDED = Optional.empty();
    private static final Optional<Duration> AT_ONCE = Optional.of(Duration.ZERO);

    /** The time between two attempts to publish a result while the database is unavailable. */
    private static final Duration PUBLISH_RETRY_INTERVAL = Duration.ofSeconds(1);

    private final Measurer measurer;
    private final CellExecutionService executions;
    private final SmallCellBatch smallCells;
    private final PredictionStore predictions;
    private final ResultStore results;
    private final RunningCells running;
    private final Identity identity;
    private final int attempts;

    CellRunner(
            Measurer measurer,
            CellExecutionService executions,
            SmallCellBatch smallCells,
            PredictionStore predictions,
            ResultStore results,
            RunningCells running,
            Identity identity,
            WorkerProperties properties) {
        this.measurer = measurer;
        this.executions = executions;
        this.smallCells = smallCells;
        this.predictions = predictions;
        this.results = results;
        this.running = running;
        this.identity = identity;
        this.attempts = properties.attempts();
    }

    /**
     * The identity of the worker process, which is stored with each cell.
     *
     * @param worker the name of this process, unique among the processes on one database
     * @param provenance the {@link Provenance} as JSON
     */
    record Identity(String worker, String provenance) {}

    /** A measured cell and its result. */
    record CellMeasurement(CellSpec cell, CellResult result) {}

    /** Measures cells, either on the calling thread or on the thread of a device while the caller waits. */
    @FunctionalInterface
    interface Measurer {

        /**
         * Measures a cell.
         *
         * @param stop returns whether the result is no longer needed
         * @throws UnmeasurableException if the specification of the cell allows no result
         * @throws CancellationException if the cell was stopped
         */
        CellResult measure(CellSpec cell, BooleanSupplier stop);
    }

    /**
     * Runs a cell of the queue, unless the cell has ended.
     *
     * @param small whether {@link SmallCellBatch} may compute the cell together with others
     * @return the time after which a worker retries the cell; empty if the cell leaves the queue
     * @throws RuntimeException if the database is unavailable
     */
    Optional<Duration> run(String fingerprint, boolean small) {
        if (running.isDraining()) {
            return AT_ONCE;
        }
        if (small && isComputedWithOthers(fingerprint)) {
            return ENDED;
        }
        Optional<CellLease> lease = executions.lease(fingerprint, identity.worker());
        if (lease.isEmpty()) {
            log.debug("Cell {} has already ended", fingerprint);
            return ENDED;
        }
        return run(lease.get());
    }

    /**
     * Computes a small cell in a batch. Returns false if the caller must compute the cell alone. A failure of the batch
     * may come from another cell, so the cell is then computed alone and only its own failure is reported.
     */
    private boolean isComputedWithOthers(String fingerprint) {
        try {
            return smallCells.compute(fingerprint, identity.worker(), identity.provenance(), this);
        } catch (RuntimeException | OutOfMemoryError e) {
            if (DatabaseFailures.isOutage(e)) {
                throw e;
            }
            log.debug("Cell {} is computed alone", fingerprint, e);
            return false;
        }
    }

    @Override
    public CellMeasurement measure(CellLease lease) {
        CellSpec cell = CellSpecJson.read(lease.spec());
        return new CellMeasurement(cell, measurer.measure(cell, () -> false));
    }

    @Override
    public void save(Map<CellLease, CellMeasurement> all) {
        Set<List<Object>> predicted = new HashSet<>();
        Map<String, CellResult> byFingerprint = new HashMap<>();
        all.forEach((lease, measured) -> {
            CellSpec cell = measured.cell();
            if (predicted.add(List.of(lease.subject(), cell.depths(), cell.statistics()))) {
                predictions.storeMissing(lease.subject(), cell);
            }
            byFingerprint.put(lease.fingerprint(), measured.result());
        });
        results.save(byFingerprint);
    }

    private Optional<Duration> run(CellLease lease) {
        try (RunningCells.RunningCell cell = running.begin(lease)) {
            CellSpec spec = CellSpecJson.read(lease.spec());
            CellResult result = measurer.measure(spec, cell::isStopped);
            publish(cell, lease, spec, result);
            return ENDED;
        } catch (CancellationException e) {
            log.debug("Cell {} was stopped", lease.fingerprint(), e);
            return executions.returnLease(lease) ? AT_ONCE : ENDED;
        } catch (UnmeasurableException e) {
            executions.fail(lease, e.reason());
            return ENDED;
        } catch (RuntimeException | OutOfMemoryError e) {
            if (DatabaseFailures.isOutage(e)) {
                throw e;
            }
            return afterFailure(lease, e);
        }
    }

    /**
     * Publishes a result. While the database is unavailable, the result is kept and publishing is retried until the
     * cell is stopped.
     */
    private void publish(RunningCells.RunningCell cell, CellLease lease, CellSpec spec, CellResult result) {
        while (true) {
            try {
                predictions.storeMissing(lease.subject(), spec);
                if (!executions.complete(
                        lease, identity.provenance(), () -> results.save(lease.fingerprint(), result))) {
                    log.info("Cell {} was taken over by another worker. The result is discarded", lease.fingerprint());
                }
                return;
            } catch (RuntimeException e) {
                if (!DatabaseFailures.isOutage(e) || cell.isStopped()) {
                    throw e;
                }
                log.debug("The result of cell {} waits for the database", lease.fingerprint(), e);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PUBLISH_RETRY_INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The worker was interrupted while the database was unavailable.");
        }
    }

    /**
     * Counts a failed attempt.
     *
     * @return the time to the next attempt, which starts at one second and doubles; empty after the last attempt
     */
    private Optional<Duration> afterFailure(CellLease lease, Throwable failure) {
        Optional<Integer> attempt = executions.failAttempt(
                lease,
                attempts,
                "The worker could not compute this cell in " + attempts + " attempts ("
                        + failure.getClass().getSimpleName() + "). The log of the worker has the reason.");
        if (attempt.isPresent()) {
            log.warn("Attempt {} of cell {} failed", attempt.get(), lease.fingerprint(), failure);
        } else {
            log.error("The last attempt of cell {} failed, and the cell has failed", lease.fingerprint(), failure);
        }
        return attempt.map(number -> Duration.ofSeconds(1L << (number - 1)));
    }
}
