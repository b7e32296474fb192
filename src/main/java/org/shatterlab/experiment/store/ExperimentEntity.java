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
import org.shatterlab.experiment.spec.ExperimentSpecJson;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.CellLinks.Settled;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.data.domain.Persistable;

/** An experiment and how far it is. Its counts change under a lock of its row, together with its cells' links. */
@Entity
@Table(name = "experiment")
@EntityListeners(ExperimentChangePublisher.class)
@SuppressWarnings("UnusedVariable") // columns that only SQL reads
public class ExperimentEntity implements Persistable<UUID> {

    @Id
    private UUID id;

    private @Nullable String name;
    private @Nullable String preset;

    /** Who submitted it; null where the service runs without tokens. */
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
    private int headStart;

    @Embedded
    private ProgressEstimator pace;

    @Column(name = "next_ordinal")
    private int nextOrdinal;

    /** How many rounds of it are decided; null unless it is adaptive. */
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

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    public ExperimentEntity() {}

    public ExperimentEntity(
            UUID id, @Nullable String owner, ExperimentSpec spec, CellTotals all, CellTotals cached, Instant now) {
        this.id = id;
        this.owner = owner;
        this.name = spec.name();
        this.preset = spec.preset();
        this.spec = ExperimentSpecJson.stored(spec);
        this.device = spec.device();
        this.priority = (short) spec.priority();
        this.cells = all.cells();
        this.cached = cached.cells();
        this.done = this.cached;
        this.headStart = this.cached;
        this.pace = ProgressEstimator.of(all.cost(), cached.cost());
        this.rounds = spec.runs() instanceof Runs.Adaptive ? 0 : null;
        this.createdAt = kept(now);
        this.created = true;
        finishIfSettled(now);
    }

    /** A cell of it was started. */
    public void start(Instant now) {
        if (state == ExperimentState.QUEUED) {
            become(ExperimentState.RUNNING);
            startedAt = kept(now);
            pace = pace.start(startedAt);
        }
    }

    /** Some of its cells are done, after its start. */
    public void settleDone(Settled settled, Instant now) {
        done += settled.cells();
        settle(settled, now);
    }

    /**
     * Some of its cells failed, after its start.
     *
     * @param reason why, told of the first failure
     */
    public void settleFailed(Settled settled, String reason, Instant now) {
        failed += settled.cells();
        if (failure == null) {
            failure = reason;
        }
        settle(settled, now);
    }

    private void settle(Settled settled, Instant now) {
        pace = pace.end(
                new CellTotals(settled.cells(), settled.cost()),
                done + failed - headStart,
                settled.underway(),
                kept(now));
        finishIfSettled(now);
    }

    /** A user wants no more of it. */
    public void cancel() {
        become(ExperimentState.CANCELLING);
    }

    /** Nothing is computed for it any more. */
    public void finishCancelling(Instant now) {
        become(ExperimentState.CANCELLED);
        finishedAt = kept(now);
    }

    /**
     * Begins again with what is missing.
     *
     * @param done those of its cells that are done
     */
    public void retry(CellTotals done, Instant now) {
        become(ExperimentState.QUEUED);
        this.done = done.cells();
        headStart = this.done;
        pace = ProgressEstimator.of(pace.cost(), done.cost());
        failed = 0;
        failure = null;
        startedAt = null;
        finishedAt = null;
        nextOrdinal = 0;
        finishIfSettled(now);
    }

    /** Cells that it shares may end after it was cancelled, which then stays so. */
    private void finishIfSettled(Instant now) {
        if (state.isLive() && done + failed == cells && !isRoundOver()) {
            finish(now);
        }
    }

    private void finish(Instant now) {
        become(failed == 0 ? ExperimentState.SUCCEEDED : ExperimentState.FAILED);
        finishedAt = kept(now);
    }

    /** Whether it is to be decided what follows the cells there are, which are done. */
    public boolean isRoundOver() {
        return rounds != null && state.isLive() && done == cells;
    }

    /**
     * It is decided what follows the round that is over.
     *
     * @param more the cells of the next round; none if there is no other round
     * @param cached those of them that are done already
     */
    public void endRound(CellTotals more, CellTotals cached, Instant now) {
        rounds = Objects.requireNonNull(rounds) + 1;
        cells += more.cells();
        done += cached.cells();
        this.cached += cached.cells();
        headStart += cached.cells();
        pace = pace.add(more.cost(), cached.cost());
        if (more.cells() == 0) {
            finish(now);
        }
    }

    /** As precise as the database keeps it, so that every answer shows the same instant. */
    private static Instant kept(Instant now) {
        return now.truncatedTo(ChronoUnit.MICROS);
    }

    private void become(ExperimentState next) {
        if (!state.canBecome(next)) {
            throw new IllegalStateException("experiment " + id + " cannot go from " + state + " to " + next);
        }
        state = next;
    }

    public void considered(int nextOrdinal) {
        this.nextOrdinal = nextOrdinal;
    }

    @Override
    public UUID getId() {
        return id;
    }

    @Override
    public boolean isNew() {
        return created;
    }

    @Nullable
    String name() {
        return name;
    }

    @Nullable
    public String owner() {
        return owner;
    }

    public String spec() {
        return spec;
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

    @Nullable
    public Integer rounds() {
        return rounds;
    }

    @Nullable
    String failure() {
        return failure;
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable
    Instant startedAt() {
        return startedAt;
    }

    @Nullable
    Instant finishedAt() {
        return finishedAt;
    }

    /** How many of its cells have not ended. */
    public int open() {
        return cells - done - failed;
    }

    Progress progress(Instant now) {
        return Progress.of(
                new Progress.Counts(cells, done, failed, cached), state == ExperimentState.RUNNING ? pace : null, now);
    }
}
