package org.shatterlab.experiment.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.shatterlab.experiment.store.CellEntity;
import org.shatterlab.experiment.store.CellExecutionRepository;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.experiment.store.WantedCells;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.platform.DatabaseClock;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Computes small cells in batches. A small cell takes less time than a lease and a publication. One transaction takes
 * several cells from the queue, computes the cells and publishes their results.
 *
 * <p>An interrupted transaction leaves no trace, so small cells need no lease. Other processes see the cells waiting
 * until the cells are done. Only CPUs compute small cells, because a GPU computes cells of any size together. A cell
 * that was taken from the queue by a worker that vanished is not small any more, so that further losses are counted.
 */
@Service
public class SmallCellBatch {

    private static final int MAX_CELLS = 16;

    /** No further cell is started after this time, because other transactions may wait for the locks. */
    private static final Duration MAX_TIME = Duration.ofMillis(100);

    private final CellRepository cells;
    private final CellExecutionRepository executions;
    private final QueuedCells queued;
    private final WantedCells wanted;
    private final CellExecutionService service;
    private final AdaptiveRounds rounds;
    private final DatabaseClock clock;
    private final TransactionOperations transactions;

    SmallCellBatch(
            CellRepository cells,
            CellExecutionRepository executions,
            QueuedCells queued,
            WantedCells wanted,
            CellExecutionService service,
            AdaptiveRounds rounds,
            DatabaseClock clock,
            TransactionOperations transactions) {
        this.cells = cells;
        this.executions = executions;
        this.queued = queued;
        this.wanted = wanted;
        this.service = service;
        this.rounds = rounds;
        this.clock = clock;
        this.transactions = transactions;
    }

    /**
     * The worker's part of a batch.
     *
     * @param <R> the result of a measured cell
     */
    public interface Computer<R> {

        /**
         * Computes a cell.
         *
         * @throws UnmeasurableException where the specification of the cell has no result
         */
        R measure(CellLease lease);

        /** Writes results, in the transaction that marks the cells as done. */
        void save(Map<CellLease, R> results);
    }

    /**
     * Computes a small cell that the caller took from the queue, together with other small cells of the queue.
     *
     * @param worker the name of the worker
     * @param provenance the provenance of the results, as JSON
     * @return false where nothing was done, because the cell is locked or not wanted. The caller then leases the cell.
     * @throws RuntimeException where a cell could not be computed, and nothing was done
     */
    public <R> boolean compute(String fingerprint, String worker, String provenance, Computer<R> computer) {
        List<UUID> roundsOver = transactions.execute(_ -> {
            Map<String, String> entries = queued.lockSmall(clock.now(), MAX_CELLS - 1).stream()
                    .collect(Collectors.toMap(CellQueue::fingerprint, Function.identity(), (first, _) -> first));
            List<CellEntity> free = free(fingerprint, entries.keySet());
            if (free.stream().noneMatch(cell -> cell.fingerprint().equals(fingerprint))) {
                return null;
            }
            Instant began = clock.now();
            List<CellEntity> ended = compute(free, fingerprint, worker, provenance, computer);
            queued.removeLocked(ended.stream()
                    .filter(cell -> !cell.fingerprint().equals(fingerprint))
                    .map(cell -> Objects.requireNonNull(entries.get(cell.fingerprint())))
                    .toList());
            return service.settle(ended, began);
        });
        if (roundsOver == null) {
            return false;
        }
        rounds.advanceAll(roundsOver);
        return true;
    }

    /**
     * Locks the wanted cells that no other transaction has locked. Waiting for a lock could deadlock, because its
     * holder may wait for an entry of the queue. The cells are sorted by subject, so that all transactions store
     * predictions in one order.
     */
    private List<CellEntity> free(String fingerprint, Collection<String> others) {
        List<String> all = new ArrayList<>(others);
        all.add(fingerprint);
        List<CellEntity> locked = cells.lockFree(all);
        Set<String> wantedCells = wanted.findWanted(all.toArray(String[]::new));
        return locked.stream()
                .filter(cell -> cell.state() == CellEntity.CellState.QUEUED && wantedCells.contains(cell.fingerprint()))
                .sorted(Comparator.comparing(CellEntity::subject))
                .toList();
    }

    /** Computes the requested cell, and other cells while time remains. Returns the computed cells. */
    private <R> List<CellEntity> compute(
            List<CellEntity> free, String requested, String worker, String provenance, Computer<R> computer) {
        long end = System.nanoTime() + MAX_TIME.toNanos();
        List<CellEntity> ended = new ArrayList<>();
        List<CellLease> leases = new ArrayList<>();
        Map<CellLease, R> results = new LinkedHashMap<>();
        for (CellEntity cell : free) {
            if (cell.fingerprint().equals(requested) || System.nanoTime() < end) {
                CellLease lease = cell.lease();
                leases.add(lease);
                ended.add(cell);
                try {
                    results.put(lease, computer.measure(lease));
                    cell.complete(provenance, clock.now());
                } catch (UnmeasurableException e) {
                    cell.fail(e.reason(), clock.now());
                }
            }
        }
        executions.insert(leases, worker);
        computer.save(results);
        return ended;
    }
}
