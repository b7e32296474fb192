package org.shatterlab.experiment.store;

/** The state of an experiment. A terminal state changes only by a retry. */
public enum ExperimentState {
    /** No cell has been started. */
    QUEUED,
    RUNNING,
    /** Every cell is done, and no round follows. */
    SUCCEEDED,
    /** Every cell has ended, and at least one cell failed. */
    FAILED,
    /** A user cancelled the experiment, and cells are still running. */
    CANCELLING,
    /** A user cancelled the experiment before all cells had ended. */
    CANCELLED;

    public boolean isTerminal() {
        return switch (this) {
            case QUEUED, RUNNING, CANCELLING -> false;
            case SUCCEEDED, FAILED, CANCELLED -> true;
        };
    }

    /** Returns whether workers compute cells of an experiment in this state. */
    public boolean isLive() {
        return switch (this) {
            case QUEUED, RUNNING -> true;
            case SUCCEEDED, FAILED, CANCELLING, CANCELLED -> false;
        };
    }

    /** Returns whether an experiment may change from this state to the other. */
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
