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
import org.shatterlab.experiment.store.CellEntity;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.experiment.store.CellLinks;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.platform.DatabaseClock;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Computes cells that take less time than to claim one and to publish it: several of them, in one transaction that takes them
 * out of the queue, computes them and publishes them. Nothing is left of one that is cut short, so that these cells need no
 * lease; the others see them wait until they are done.
 * On CPUs alone: a GPU takes cells together whatever their size.
 */
@Service
public class SmallCellBatch {

    /** What a small cell is estimated to cost at most, in seconds of a core. */
    private static final double MAX_SECONDS = 0.02;

    private static final int MAX_CELLS = 16;

    /** No cell is begun after this time: others may wait for the locks. */
    private static final Duration MAX_TIME = Duration.ofMillis(100);

    private final CellRepository cells;
    private final CellLinks links;
    private final WantedCells demand;
    private final CellExecutionService ledger;
    private final AdaptiveRounds rounds;
    private final DatabaseClock clock;
    private final TransactionOperations transactions;

    SmallCellBatch(
            CellRepository cells,
            CellLinks links,
            WantedCells demand,
            CellExecutionService ledger,
            AdaptiveRounds rounds,
            DatabaseClock clock,
            TransactionOperations transactions) {
        this.cells = cells;
        this.links = links;
        this.demand = demand;
        this.ledger = ledger;
        this.rounds = rounds;
        this.clock = clock;
        this.transactions = transactions;
    }

    /**
     * What a worker does with cells.
     *
     * @param <R> what it has of a cell that was measured
     */
    public interface Computer<R> {

        /**
         * Computes one.
         *
         * @throws UnmeasurableException where it has no result, which is its specification's fault
         */
        R measure(CellLease claim);

        /** Writes what was measured, in the transaction that marks the cells as done. */
        void save(Map<CellLease, R> results);
    }

    /**
     * Whether a cell is one of these.
     *
     * @param cost what it is estimated to cost, in seconds of a core or of a GPU
     */
    static boolean isSmall(double cost, DeviceClass device) {
        return device == DeviceClass.CPU && cost <= MAX_SECONDS;
    }

    /**
     * Computes a small cell that the caller has from the queue, and others that wait there.
     *
     * @param worker its name
     * @param provenance what computes them, as JSON
     * @return false where the cell is left to be claimed, and nothing was done: it is not free, or not wanted
     * @throws RuntimeException where one of them could not be computed, and nothing was done
     */
    public <R> boolean compute(String fingerprint, String worker, String provenance, Computer<R> computer) {
        List<UUID> roundsOver = transactions.execute(_ -> {
            Map<String, String> places = links.takeSmall(MAX_SECONDS, clock.now(), MAX_CELLS - 1);
            List<CellEntity> free = free(fingerprint, places.keySet());
            if (free.stream().noneMatch(cell -> cell.fingerprint().equals(fingerprint))) {
                return null;
            }
            Instant began = clock.now();
            List<CellEntity> ended = compute(free, fingerprint, worker, provenance, computer);
            links.removeFromQueue(ended.stream()
                    .filter(cell -> !cell.fingerprint().equals(fingerprint))
                    .map(cell -> Objects.requireNonNull(places.get(cell.fingerprint())))
                    .toList());
            return ledger.settle(ended, began);
        });
        if (roundsOver == null) {
            return false;
        }
        rounds.advanceAll(roundsOver);
        return true;
    }

    /**
     * Locks those that nobody else has. Waiting for a lock could be for ever: who has it may wait for a place in the queue.
     * Predictions are stored by subject, which is why all go through their subjects in one order.
     */
    private List<CellEntity> free(String fingerprint, Collection<String> others) {
        List<String> all = new ArrayList<>(others);
        all.add(fingerprint);
        List<CellEntity> locked = cells.lockFree(all);
        Set<String> wanted = demand.findWantedCells(all);
        return locked.stream()
                .filter(cell -> cell.state() == CellEntity.State.QUEUED && wanted.contains(cell.fingerprint()))
                .sorted(Comparator.comparing(CellEntity::subject))
                .toList();
    }

    /** Those that there was time for, the one that was asked for among them. */
    private <R> List<CellEntity> compute(
            List<CellEntity> free, String asked, String worker, String provenance, Computer<R> computer) {
        long end = System.nanoTime() + MAX_TIME.toNanos();
        List<CellEntity> ended = new ArrayList<>();
        List<CellLease> claims = new ArrayList<>();
        Map<CellLease, R> results = new LinkedHashMap<>();
        for (CellEntity cell : free) {
            if (cell.fingerprint().equals(asked) || System.nanoTime() < end) {
                CellLease claim = cell.claim();
                claims.add(claim);
                ended.add(cell);
                try {
                    results.put(claim, computer.measure(claim));
                    cell.finish(provenance, clock.now());
                } catch (UnmeasurableException e) {
                    cell.fail(e.reason(), clock.now());
                }
            }
        }
        links.recordExecutions(claims, worker);
        computer.save(results);
        return ended;
    }
}
