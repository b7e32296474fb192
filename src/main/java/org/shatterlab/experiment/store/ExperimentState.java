package org.shatterlab.experiment.store;

/** Where an experiment is in its life. Terminal states change only when a user asks for another try. */
public enum ExperimentState {
    /** No cell of it has been started. */
    QUEUED,
    RUNNING,
    /** Every cell is done, and no round is to follow. */
    SUCCEEDED,
    /** Every cell has ended, at least one of them in failure. */
    FAILED,
    /** A user wants no more of it; cells that were running are let finish. */
    CANCELLING,
    /** Ended by a user before all of its cells had. */
    CANCELLED;

    public boolean isTerminal() {
        return switch (this) {
            case QUEUED, RUNNING, CANCELLING -> false;
            case SUCCEEDED, FAILED, CANCELLED -> true;
        };
    }

    /** Whether cells are computed for it. */
    public boolean isLive() {
        return switch (this) {
            case QUEUED, RUNNING -> true;
            case SUCCEEDED, FAILED, CANCELLING, CANCELLED -> false;
        };
    }

    /** Whether an experiment in this state may go on to the other. */
    public boolean canBecome(ExperimentState next) {
        return switch (this) {
            case QUEUED -> next == RUNNING || next == SUCCEEDED || next == FAILED || next == CANCELLING;
            case RUNNING -> next == SUCCEEDED || next == FAILED || next == CANCELLING;
            case CANCELLING -> next == CANCELLED;
            case FAILED, CANCELLED -> next == QUEUED;
            case SUCCEEDED -> false;
        };
    }
}
