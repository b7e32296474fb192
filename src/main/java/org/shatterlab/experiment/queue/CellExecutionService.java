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
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.experiment.store.CellEntity;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.experiment.store.CellLinks;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.platform.DatabaseClock;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The workers' side of experiments: who computes which cell, and what became of it.
 *
 * <p>Why a cell was not computed decides what follows. The fault of its specification: it fails at once. An attempt that
 * failed for any other reason: another one follows, up to a number. A worker that stops hands it back, which counts for
 * nothing. One that vanished, killed or frozen or cut off, says no word: the next claim follows when its lease has ended, and
 * it counts for nothing either, unless so many vanished that the cell must be what makes them.
 *
 * <p>Locks are taken in one order: cells by fingerprint, then experiments by id. Whoever holds an experiment's lock waits
 * for no cell.
 */
@Service
public class CellExecutionService {

    /** More workers than this vanish over one cell only if it is the cell that kills them. */
    static final int MAX_ABANDONED_LEASES = 20;

    private final CellRepository cells;
    private final ExperimentRepository experiments;
    private final CellLinks links;
    private final WantedCells demand;
    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;

    CellExecutionService(
            CellRepository cells,
            ExperimentRepository experiments,
            CellLinks links,
            WantedCells demand,
            CellQueue queue,
            AdaptiveRounds rounds,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.cells = cells;
        this.experiments = experiments;
        this.links = links;
        this.demand = demand;
        this.queue = queue;
        this.rounds = rounds;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Hands a cell to a worker. Any earlier claim of it can no longer publish.
     *
     * @return empty where the cell has ended, or nobody wants it any more
     */
    @Transactional
    public Optional<CellLease> claim(String fingerprint, String worker) {
        Optional<CellEntity> open = cells.lock(fingerprint).filter(CellEntity::isOpen);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        if (!demand.isWanted(fingerprint)) {
            release(open.get());
            return Optional.empty();
        }
        CellLease claim = open.get().claim();
        if (open.get().vanished() > MAX_ABANDONED_LEASES) {
            fail(
                    open.get(),
                    open.get().vanished()
                            + " workers vanished while they computed this cell. It may need more memory than they "
                            + "have; ask for smaller networks or fewer inputs.");
            return Optional.empty();
        }
        links.recordExecutions(List.of(claim), worker);
        Instant now = clock.now();
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
        if (experiment.state() == ExperimentState.CANCELLING
                && demand.findOpen(List.of(experiment.getId())).isEmpty()) {
            experiment.finishCancelling(clock.now());
        }
    }

    /**
     * Marks a cell as done, and goes on with the experiments whose round it ends.
     *
     * @param provenance what computed it, as JSON
     * @param results writes what was measured, in the transaction that marks the cell
     * @return false where the claim has ended, and nothing was written
     */
    public boolean finish(CellLease claim, String provenance, Runnable results) {
        Optional<List<UUID>> roundsOver =
                Objects.requireNonNull(transactions.execute(_ -> held(claim).map(cell -> {
                    results.run();
                    cell.finish(provenance, clock.now());
                    return settle(List.of(cell), clock.now());
                })));
        roundsOver.ifPresent(rounds::advanceAll);
        return roundsOver.isPresent();
    }

    /** Marks a cell as failed, unless the claim has ended. */
    @Transactional
    public void fail(CellLease claim, String reason) {
        held(claim).ifPresent(cell -> fail(cell, reason));
    }

    private void fail(CellEntity cell, String reason) {
        cell.fail(reason, clock.now());
        settle(List.of(cell), clock.now());
    }

    /**
     * Counts an attempt that failed, the last one for the cell as well; unless the claim has ended.
     *
     * @param most how many attempts a cell has
     * @param reason told where that was the last one
     * @return the number of the attempt, from 1, where another one is to follow
     */
    @Transactional
    public Optional<Integer> failAttempt(CellLease claim, int most, String reason) {
        return held(claim).flatMap(cell -> {
            int attempt = cell.failAttempt();
            if (attempt >= most) {
                fail(cell, reason);
                return Optional.empty();
            }
            cell.handBack();
            return Optional.of(attempt);
        });
    }

    /**
     * Ends a claim without a result. Nothing is counted.
     *
     * @return whether the cell is to be computed by the next worker; not where the claim has ended, or nobody wants the cell
     */
    @Transactional
    public boolean handBack(CellLease claim) {
        Optional<CellEntity> held = held(claim);
        if (held.isEmpty()) {
            return false;
        }
        if (demand.isWanted(claim.fingerprint())) {
            held.get().handBack();
            return true;
        }
        release(held.get());
        return false;
    }

    /** Those of some claims that are worth nothing any more: another worker has the cell, or nobody wants it. */
    @Transactional(readOnly = true)
    public Set<CellLease> lapsed(Collection<CellLease> claims) {
        Set<CellLease> lapsed = new HashSet<>(claims);
        lapsed.removeAll(demand.findWanted(claims));
        return lapsed;
    }

    private Optional<CellEntity> held(CellLease claim) {
        return cells.lock(claim.fingerprint()).filter(cell -> cell.isHeldBy(claim));
    }

    /**
     * Counts cells that have ended in every experiment that has them, and refills the windows that have room then.
     *
     * @param ended done or failed in the caller's transaction, which has locked them
     * @param began when the first of them was begun
     * @return the experiments whose round is over with them
     */
    @Transactional(propagation = Propagation.MANDATORY)
    List<UUID> settle(Collection<CellEntity> ended, Instant began) {
        Map<String, CellEntity> cellsByFingerprint =
                ended.stream().collect(Collectors.toMap(CellEntity::fingerprint, Function.identity()));
        Map<UUID, List<CellLinks.Settled>> settled = links.settle(cellsByFingerprint.keySet()).stream()
                .collect(Collectors.groupingBy(CellLinks.Settled::experiment));
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

    /** Those that are done as one: the time they took was that of all of them. */
    private void count(
            ExperimentEntity experiment, List<CellLinks.Settled> settled, Map<String, CellEntity> cellsByFingerprint) {
        Instant now = clock.now();
        settled.stream()
                .filter(part -> failure(part, cellsByFingerprint) == null)
                .reduce(CellLinks.Settled::and)
                .ifPresent(done -> experiment.settleDone(done, now));
        for (CellLinks.Settled part : settled) {
            String failure = failure(part, cellsByFingerprint);
            if (failure != null) {
                experiment.settleFailed(part, label(experiment, part.network()) + ": " + failure, now);
            }
        }
    }

    private static @Nullable String failure(CellLinks.Settled part, Map<String, CellEntity> cellsByFingerprint) {
        return Objects.requireNonNull(cellsByFingerprint.get(part.fingerprint()))
                .failure();
    }

    private static String label(ExperimentEntity experiment, int network) {
        return SpecReader.restore(StrictJson.parse(experiment.spec()))
                .networks()
                .get(network)
                .label();
    }
}
