package org.shatterlab.experiment.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A cell: some runs of one network, computed once and shared by every experiment that asks for it. */
@Entity
@Table(name = "cell")
@DynamicUpdate // its specification is long, and never changes
@SuppressWarnings("UnusedVariable") // columns that only SQL reads
public class CellEntity {

    public enum State {
        /** Part of an experiment, not yet in the queue. */
        PLANNED,
        QUEUED,
        RUNNING,
        DONE,
        FAILED
    }

    @Id
    @JdbcTypeCode(SqlTypes.CHAR)
    private String fingerprint;

    @JdbcTypeCode(SqlTypes.CHAR)
    private String subject;

    @JdbcTypeCode(SqlTypes.JSON)
    private String spec;

    private double cost;

    @Enumerated(EnumType.STRING)
    private State state;

    private long fence;
    private int schedulings;
    private int attempts;
    private int vanished;
    private @Nullable String failure;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable String provenance;

    @Column(name = "finished_at")
    private @Nullable Instant finishedAt;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected CellEntity() {}

    /** Puts the cell into the queue and numbers the time it was. */
    public int schedule() {
        state = State.QUEUED;
        attempts = 0;
        vanished = 0;
        return ++schedulings;
    }

    /** Nobody wants it for now. */
    public void release() {
        state = State.PLANNED;
    }

    /** Lets a failed cell be computed again. */
    void planAgain() {
        state = State.PLANNED;
        failure = null;
        finishedAt = null;
    }

    /** Hands the cell to a worker, taking it from any earlier one, of which nothing was heard any more. */
    public CellLease claim() {
        if (state == State.RUNNING) {
            vanished++;
        }
        state = State.RUNNING;
        return new CellLease(fingerprint, subject, spec, ++fence);
    }

    /** How many claims ended without a word since it was put into the queue. */
    public int vanished() {
        return vanished;
    }

    /** The attempt to compute it failed; told is how many did since it was put into the queue. */
    public int failAttempt() {
        return ++attempts;
    }

    /** Its worker does not go on with it; the next may. */
    public void handBack() {
        state = State.QUEUED;
    }

    public void finish(String provenance, Instant now) {
        state = State.DONE;
        this.provenance = provenance;
        finishedAt = now;
    }

    public void fail(String reason, Instant now) {
        state = State.FAILED;
        failure = reason;
        finishedAt = now;
    }

    public boolean isHeldBy(CellLease claim) {
        return state == State.RUNNING && fence == claim.fence();
    }

    /** Whether it waits in the queue or runs. */
    public boolean isOpen() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    public String fingerprint() {
        return fingerprint;
    }

    /** The fingerprint of its network and inputs. */
    public String subject() {
        return subject;
    }

    /** What it is estimated to cost, in seconds of a core or of a GPU. */
    public double cost() {
        return cost;
    }

    /** Why it failed; null unless it did. */
    @Nullable
    public String failure() {
        return failure;
    }

    public State state() {
        return state;
    }
}
