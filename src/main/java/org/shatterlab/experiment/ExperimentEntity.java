package org.shatterlab.experiment;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
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
import org.springframework.data.domain.Persistable;

/** An experiment and how far it is. Its counts change under a lock of its row, together with its cells' links. */
@Entity
@Table(name = "experiment")
@SuppressWarnings("UnusedVariable") // columns that only SQL reads
class ExperimentEntity implements Persistable<UUID> {

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

    private short priority;
    private int cells;
    private int cached;
    private int done;
    private int failed;

    @Column(name = "head_start")
    private int headStart;

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
    protected ExperimentEntity() {}

    ExperimentEntity(UUID id, @Nullable String owner, ExperimentSpec spec, int cells, int cached, Instant now) {
        this.id = id;
        this.owner = owner;
        this.name = spec.name();
        this.preset = spec.preset();
        this.spec = SpecWriter.write(spec).toString();
        this.priority = (short) spec.priority();
        this.cells = cells;
        this.cached = cached;
        this.done = cached;
        this.headStart = cached;
        this.rounds = spec.runs() instanceof Runs.Adaptive ? 0 : null;
        this.createdAt = kept(now);
        this.created = true;
        finishIfSettled(now);
    }

    /** A cell of it was started. */
    void start(Instant now) {
        if (state == ExperimentState.QUEUED) {
            become(ExperimentState.RUNNING);
            startedAt = kept(now);
        }
    }

    /** Some of its cells are done. */
    void settleDone(int count, Instant now) {
        start(now);
        done += count;
        finishIfSettled(now);
    }

    /**
     * Some of its cells failed.
     *
     * @param reason why, told of the first failure
     */
    void settleFailed(int count, String reason, Instant now) {
        start(now);
        failed += count;
        if (failure == null) {
            failure = reason;
        }
        finishIfSettled(now);
    }

    /** A user wants no more of it. */
    void cancel() {
        become(ExperimentState.CANCELLING);
    }

    /** Nothing is computed for it any more. */
    void finishCancelling(Instant now) {
        become(ExperimentState.CANCELLED);
        finishedAt = kept(now);
    }

    /**
     * Begins again with what is missing.
     *
     * @param done how many of its cells are done
     */
    void retry(int done, Instant now) {
        become(ExperimentState.QUEUED);
        this.done = done;
        headStart = done;
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
    boolean isRoundOver() {
        return rounds != null && state.isLive() && done == cells;
    }

    /**
     * It is decided what follows the round that is over.
     *
     * @param more how many cells the next round has; none if there is no other round
     * @param cached how many of them are done already
     */
    void endRound(int more, int cached, Instant now) {
        rounds = Objects.requireNonNull(rounds) + 1;
        cells += more;
        done += cached;
        this.cached += cached;
        headStart += cached;
        if (more == 0) {
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

    void considered(int nextOrdinal) {
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
    String owner() {
        return owner;
    }

    String spec() {
        return spec;
    }

    ExperimentState state() {
        return state;
    }

    short priority() {
        return priority;
    }

    int nextOrdinal() {
        return nextOrdinal;
    }

    @Nullable
    Integer rounds() {
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
    int open() {
        return cells - done - failed;
    }

    Progress progress(Instant now) {
        return Progress.of(
                new Progress.Counts(cells, done, failed, cached, headStart),
                state == ExperimentState.RUNNING ? startedAt : null,
                now);
    }
}
