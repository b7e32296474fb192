package org.shatterlab.experiment.store;

import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.spec.StoredSpecCodec;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.data.domain.Persistable;

/**
 * An experiment and its progress. The counts change under a lock of the experiment's row, in the transaction that
 * settles the links to its cells.
 */
@Entity
@Table(name = "experiment")
@EntityListeners(ExperimentChangePublisher.class)
@SuppressWarnings("UnusedVariable") // Some columns are read by SQL only.
public class ExperimentEntity implements Persistable<UUID> {

    @Id
    private UUID id;

    private @Nullable String name;
    private @Nullable String preset;

    /** Null where the service runs without tokens. */
    private @Nullable String owner;

    @JdbcTypeCode(SqlTypes.JSON)
    private String spec;

    @Enumerated(EnumType.STRING)
    private ExperimentState state = ExperimentState.QUEUED;

    @Enumerated(EnumType.STRING)
    private DeviceClass device;

    private short priority;
    private int cells;
    private int cached;
    private int done;
    private int failed;

    @Column(name = "head_start")
    private int doneBeforeStart;

    @Column(name = "stored_bytes")
    private long storedBytes;

    @Embedded
    private ProgressEstimator estimator;

    @Column(name = "next_ordinal")
    private int nextOrdinal;

    /** The number of decided rounds; null unless the experiment is adaptive. */
    private @Nullable Integer rounds;

    private @Nullable String failure;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "started_at")
    private @Nullable Instant startedAt;

    @Column(name = "finished_at")
    private @Nullable Instant finishedAt;

    @Transient
    private boolean created;

    @SuppressWarnings("NullAway.Init") // Hibernate sets the fields.
    protected ExperimentEntity() {}

    /**
     * Creates an experiment.
     *
     * @param stored its cells, which are stored already
     */
    public ExperimentEntity(
            UUID id, @Nullable String owner, ExperimentSpec spec, CellStore.StoredCells stored, Instant now) {
        this.id = id;
        this.owner = owner;
        this.name = spec.name();
        this.preset = spec.preset();
        this.spec = StoredSpecCodec.write(spec);
        this.device = spec.device();
        this.priority = (short) spec.priority();
        this.cells = stored.all().cells();
        this.cached = stored.cached().cells();
        this.done = this.cached;
        this.doneBeforeStart = this.cached;
        this.storedBytes = stored.bytes();
        this.estimator =
                ProgressEstimator.of(stored.all().cost(), stored.cached().cost());
        this.rounds = spec.runs() instanceof Runs.Adaptive ? 0 : null;
        this.createdAt = storable(now);
        this.created = true;
        finishIfSettled(now);
    }

    /** Records that a cell was started. */
    public void start(Instant now) {
        if (state == ExperimentState.QUEUED) {
            become(ExperimentState.RUNNING);
            startedAt = storable(now);
            estimator = estimator.start(startedAt);
        }
    }

    /** Counts cells that are done, after the start. */
    public void settleDone(SettledCells settled, Instant now) {
        done += settled.cells();
        settle(settled, now);
    }

    /**
     * Counts cells that failed, after the start.
     *
     * @param reason the reason. The experiment keeps the reason of its first failure.
     */
    public void settleFailed(SettledCells settled, String reason, Instant now) {
        failed += settled.cells();
        if (failure == null) {
            failure = reason;
        }
        settle(settled, now);
    }

    private void settle(SettledCells settled, Instant now) {
        estimator = estimator.end(
                new CellTotals(settled.cells(), settled.cost()),
                done + failed - doneBeforeStart,
                settled.running(),
                storable(now));
        finishIfSettled(now);
    }

    /** Starts to cancel the experiment. */
    public void cancel() {
        become(ExperimentState.CANCELLING);
    }

    /** Ends the cancellation, once no cell is computed for the experiment any more. */
    public void finishCancelling(Instant now) {
        become(ExperimentState.CANCELLED);
        finishedAt = storable(now);
    }

    /**
     * Starts again with the cells that are missing.
     *
     * @param settled the totals of the cells that are done
     */
    public void retry(CellTotals settled, Instant now) {
        become(ExperimentState.QUEUED);
        done = settled.cells();
        doneBeforeStart = done;
        estimator = ProgressEstimator.of(estimator.cost(), settled.cost());
        failed = 0;
        failure = null;
        startedAt = null;
        finishedAt = null;
        nextOrdinal = 0;
        finishIfSettled(now);
    }

    /** Ends a live experiment. Shared cells may end after the experiment was cancelled, which then stays cancelled. */
    private void finishIfSettled(Instant now) {
        if (state.isLive() && done + failed == cells && !endsRound()) {
            finish(now);
        }
    }

    private void finish(Instant now) {
        become(failed == 0 ? ExperimentState.SUCCEEDED : ExperimentState.FAILED);
        finishedAt = storable(now);
    }

    /** Returns whether all cells of the present round are done, so that the next round is to be decided. */
    public boolean isRoundOver() {
        return endsRound();
    }

    private boolean endsRound() {
        return rounds != null && state.isLive() && done == cells;
    }

    /**
     * Ends the round that is over.
     *
     * @param next the cells of the next round; no cells if no round follows
     */
    public void endRound(CellStore.StoredCells next, Instant now) {
        CellTotals more = next.all();
        CellTotals alreadyDone = next.cached();
        rounds = Objects.requireNonNull(rounds) + 1;
        cells += more.cells();
        done += alreadyDone.cells();
        cached += alreadyDone.cells();
        doneBeforeStart += alreadyDone.cells();
        storedBytes += next.bytes();
        estimator = estimator.add(more.cost(), alreadyDone.cost());
        if (more.cells() == 0) {
            finish(now);
        }
    }

    /** Cuts an instant to the precision of the database, so that every response shows the same instant. */
    private static Instant storable(Instant now) {
        return now.truncatedTo(ChronoUnit.MICROS);
    }

    private void become(ExperimentState next) {
        if (!state.canBecome(next)) {
            throw new IllegalStateException("experiment " + id + " cannot change from " + state + " to " + next);
        }
        state = next;
    }

    /** Sets the ordinal of the first cell that has not been considered for the queue. */
    public void continueAt(int ordinal) {
        nextOrdinal = ordinal;
    }

    @Override
    public UUID getId() {
        return id;
    }

    @Override
    public boolean isNew() {
        return created;
    }

    public @Nullable String owner() {
        return owner;
    }

    public ExperimentState state() {
        return state;
    }

    public DeviceClass device() {
        return device;
    }

    public short priority() {
        return priority;
    }

    public int nextOrdinal() {
        return nextOrdinal;
    }

    public @Nullable Integer rounds() {
        return rounds;
    }

    /** Returns the number of cells that have not ended. */
    public int open() {
        return cells - done - failed;
    }

    /** Returns the experiment at an instant, with the specification that is stored. */
    public Experiment snapshot(Instant now) {
        return snapshot(StoredSpecCodec.read(spec), now);
    }

    /** Returns the experiment at an instant, where its specification has been read. */
    public Experiment snapshot(ExperimentSpec read, Instant now) {
        return new ExperimentRow(
                        id,
                        name,
                        preset,
                        owner,
                        state,
                        cells,
                        done,
                        failed,
                        cached,
                        rounds,
                        estimator,
                        createdAt,
                        startedAt,
                        finishedAt,
                        failure)
                .experiment(read, now);
    }
}
