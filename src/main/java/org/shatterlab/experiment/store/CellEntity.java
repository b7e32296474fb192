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

/** A cell: some runs of one network, computed once and shared by every experiment that asks for the cell. */
@Entity
@Table(name = "cell")
@DynamicUpdate // The specification is long and never changes.
@SuppressWarnings("UnusedVariable") // Some columns are read by SQL only.
public class CellEntity {

    /** The state of a cell. */
    public enum CellState {
        /** The cell belongs to an experiment, and is not in the queue yet. */
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
    private CellState state;

    @Column(name = "fence")
    private long fencingToken;

    private int schedulings;
    private int attempts;

    @Column(name = "vanished")
    private int abandonedLeases;

    private @Nullable String failure;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable String provenance;

    @Column(name = "finished_at")
    private @Nullable Instant finishedAt;

    @SuppressWarnings("NullAway.Init") // Hibernate sets the fields.
    protected CellEntity() {}

    /** Puts the cell into the queue, and returns how often the cell was put into the queue. */
    public int schedule() {
        state = CellState.QUEUED;
        attempts = 0;
        abandonedLeases = 0;
        return ++schedulings;
    }

    /** Takes the cell back, because no live experiment wants the cell. */
    public void unschedule() {
        state = CellState.PLANNED;
    }

    /** Leases the cell to a worker. A lease of another worker, which was not heard of any more, ends. */
    public CellLease lease() {
        if (state == CellState.RUNNING) {
            abandonedLeases++;
        }
        state = CellState.RUNNING;
        return new CellLease(fingerprint, subject, spec, ++fencingToken);
    }

    /** Returns how many leases ended without an outcome since the cell was put into the queue. */
    public int abandonedLeases() {
        return abandonedLeases;
    }

    /** Counts a failed attempt, and returns the number of failed attempts since the cell was put into the queue. */
    public int countFailedAttempt() {
        return ++attempts;
    }

    /** Ends the lease without an outcome, so that the next worker can lease the cell. */
    public void requeue() {
        state = CellState.QUEUED;
    }

    /** Marks the cell as done. */
    public void complete(String provenance, Instant now) {
        state = CellState.DONE;
        this.provenance = provenance;
        finishedAt = now;
    }

    /** Marks the cell as failed. */
    public void fail(String reason, Instant now) {
        state = CellState.FAILED;
        failure = reason;
        finishedAt = now;
    }

    /** Returns whether a lease still holds the cell. */
    public boolean isHeldBy(CellLease lease) {
        return state == CellState.RUNNING && fencingToken == lease.fencingToken();
    }

    /** Returns whether the cell is in the queue or running. */
    public boolean isOpen() {
        return state == CellState.QUEUED || state == CellState.RUNNING;
    }

    public String fingerprint() {
        return fingerprint;
    }

    /** Returns the subject: the SHA-256 of the cell's network and inputs. */
    public String subject() {
        return subject;
    }

    /** Returns the estimated cost, in seconds of a core or of a GPU. */
    public double cost() {
        return cost;
    }

    /** Returns the reason of the failure; null unless the cell failed. */
    public @Nullable String failure() {
        return failure;
    }

    public CellState state() {
        return state;
    }
}
