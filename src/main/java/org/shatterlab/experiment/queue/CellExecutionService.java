package org.shatterlab.experiment.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.store.CellEntity;
import org.shatterlab.experiment.store.CellExecutionRepository;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.experiment.store.CellSettlement;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.experiment.store.SettledCells;
import org.shatterlab.experiment.store.WantedCells;
import org.shatterlab.platform.DatabaseClock;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Leases cells to workers, and records the outcome of each lease.
 *
 * <p>The cause of a failure decides what follows:
 *
 * <ul>
 *   <li>A fault of the specification fails the cell at once.
 *   <li>Any other failed attempt is followed by another attempt, up to a limit.
 *   <li>A worker that stops returns the cell. The return does not count.
 *   <li>A worker that was killed, froze or lost its connection abandons its lease. The next worker leases the cell once
 *       the old lease has expired. An abandoned lease does not count, unless the cell itself seems to kill its workers.
 * </ul>
 *
 * <p>Locks are taken in one order: cells by fingerprint, then experiments by id. The holder of an experiment's lock
 * never waits for a cell.
 */
@Service
public class CellExecutionService {

    /** If more workers than this abandon a cell, the cell itself is the cause. */
    public static final int MAX_ABANDONED_LEASES = 20;

    private final CellRepository cells;
    private final ExperimentRepository experiments;
    private final CellExecutionRepository executions;
    private final CellSettlement settlement;
    private final WantedCells wanted;
    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;

    CellExecutionService(
            CellRepository cells,
            ExperimentRepository experiments,
            CellExecutionRepository executions,
            CellSettlement settlement,
            WantedCells wanted,
            CellQueue queue,
            AdaptiveRounds rounds,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.cells = cells;
        this.experiments = experiments;
        this.executions = executions;
        this.settlement = settlement;
        this.wanted = wanted;
        this.queue = queue;
        this.rounds = rounds;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Leases a cell to a worker. An earlier lease of the cell can no longer publish.
     *
     * @return empty where the cell has ended, or no live experiment wants the cell
     */
    @Transactional
    public Optional<CellLease> lease(String fingerprint, String worker) {
        Optional<CellEntity> open = cells.lock(fingerprint).filter(CellEntity::isOpen);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        if (!wanted.isWanted(fingerprint)) {
            unschedule(open.get());
            return Optional.empty();
        }
        CellLease lease = open.get().lease();
        if (open.get().abandonedLeases() > MAX_ABANDONED_LEASES) {
            fail(
                    open.get(),
                    open.get().abandonedLeases()
                            + " workers vanished while they computed this cell. It may need more memory than they "
                            + "have; ask for smaller networks or fewer inputs.");
            return Optional.empty();
        }
        executions.insert(List.of(lease), worker);
        Instant now = clock.now();
        experiments
                .findWithCell(fingerprint, ExperimentState.QUEUED)
                .forEach(id -> experiments.lock(id).ifPresent(experiment -> experiment.start(now)));
        return Optional.of(lease);
    }

    /** Takes a cell back that was cancelled before its first attempt or between two attempts. */
    private void unschedule(CellEntity cell) {
        cell.unschedule();
        experiments
                .findWithCell(cell.fingerprint(), ExperimentState.CANCELLING)
                .forEach(id -> experiments.lock(id).ifPresent(this::finishCancelling));
    }

    private void finishCancelling(ExperimentEntity experiment) {
        if (experiment.state() == ExperimentState.CANCELLING
                && wanted.findUnwantedOpen(new UUID[] {experiment.getId()}).isEmpty()) {
            experiment.finishCancelling(clock.now());
        }
    }

    /**
     * Marks a cell as done, and continues the experiments whose round the cell ends.
     *
     * @param provenance the provenance of the result, as JSON
     * @param results writes the results, in the transaction that marks the cell
     * @return false where the lease has ended, and nothing was written
     */
    public boolean complete(CellLease lease, String provenance, Runnable results) {
        Optional<List<UUID>> roundsOver =
                Objects.requireNonNull(transactions.execute(_ -> held(lease).map(cell -> {
                    results.run();
                    cell.complete(provenance, clock.now());
                    return settle(List.of(cell), clock.now());
                })));
        roundsOver.ifPresent(rounds::advanceAll);
        return roundsOver.isPresent();
    }

    /** Marks a cell as failed, unless the lease has ended. */
    @Transactional
    public void fail(CellLease lease, String reason) {
        held(lease).ifPresent(cell -> fail(cell, reason));
    }

    private void fail(CellEntity cell, String reason) {
        cell.fail(reason, clock.now());
        settle(List.of(cell), clock.now());
    }

    /**
     * Counts a failed attempt, unless the lease has ended. The last allowed attempt fails the cell.
     *
     * @param maxAttempts the number of attempts of a cell
     * @param reason the reason of the failure after the last attempt
     * @return the number of the failed attempt, from 1, where another attempt follows
     */
    @Transactional
    public Optional<Integer> failAttempt(CellLease lease, int maxAttempts, String reason) {
        return held(lease).flatMap(cell -> {
            int attempt = cell.countFailedAttempt();
            if (attempt >= maxAttempts) {
                fail(cell, reason);
                return Optional.empty();
            }
            cell.requeue();
            return Optional.of(attempt);
        });
    }

    /**
     * Ends a lease without an outcome. Nothing is counted.
     *
     * @return whether the next worker is to compute the cell. The answer is false where the lease has ended, or no live
     *     experiment wants the cell.
     */
    @Transactional
    public boolean returnLease(CellLease lease) {
        Optional<CellEntity> held = held(lease);
        if (held.isEmpty()) {
            return false;
        }
        if (wanted.isWanted(lease.fingerprint())) {
            held.get().requeue();
            return true;
        }
        unschedule(held.get());
        return false;
    }

    /** Returns the leases that are void: another worker has the cell, or no live experiment wants the cell. */
    @Transactional(readOnly = true)
    public Set<CellLease> findVoid(Collection<CellLease> leases) {
        Set<CellLease> invalid = new HashSet<>(leases);
        invalid.removeAll(wanted.findHeld(leases));
        return invalid;
    }

    private Optional<CellEntity> held(CellLease lease) {
        return cells.lock(lease.fingerprint()).filter(cell -> cell.isHeldBy(lease));
    }

    /**
     * Counts ended cells in every experiment that has the cells, and refills the windows that have room then.
     *
     * @param ended cells that are done or failed in the caller's transaction, which has locked the cells
     * @param began the start of the first of the cells
     * @return the experiments whose round is over
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<UUID> settle(Collection<CellEntity> ended, Instant began) {
        Map<String, CellEntity> cellsByFingerprint =
                ended.stream().collect(Collectors.toMap(CellEntity::fingerprint, Function.identity()));
        Map<UUID, List<SettledCells>> settled = settlement.settle(cellsByFingerprint.keySet()).stream()
                .collect(Collectors.groupingBy(SettledCells::experiment));
        List<UUID> roundsOver = new ArrayList<>();
        for (ExperimentEntity experiment : experiments.lockAll(settled.keySet())) {
            experiment.start(began);
            count(experiment, Objects.requireNonNull(settled.get(experiment.getId())), cellsByFingerprint);
            if (experiment.isRoundOver()) {
                roundsOver.add(experiment.getId());
            }
            finishCancelling(experiment);
            queue.refill(experiment);
        }
        return roundsOver;
    }

    /** Counts all done cells together, because their time was spent together. */
    private void count(
            ExperimentEntity experiment, List<SettledCells> settled, Map<String, CellEntity> cellsByFingerprint) {
        Instant now = clock.now();
        settled.stream()
                .filter(part -> failure(part, cellsByFingerprint) == null)
                .reduce(SettledCells::plus)
                .ifPresent(done -> experiment.settleDone(done, now));
        for (SettledCells part : settled) {
            String failure = failure(part, cellsByFingerprint);
            if (failure != null) {
                String label = experiments.findLabel(experiment.getId(), part.network());
                experiment.settleFailed(part, label + ": " + failure, now);
            }
        }
    }

    private static @Nullable String failure(SettledCells part, Map<String, CellEntity> cellsByFingerprint) {
        return Objects.requireNonNull(cellsByFingerprint.get(part.fingerprint()))
                .failure();
    }
}
