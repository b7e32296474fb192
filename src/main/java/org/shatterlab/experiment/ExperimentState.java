package org.shatterlab.experiment;

/** Where an experiment is in its life. Terminal states never change. */
public enum ExperimentState {
    /** No cell of it has been started. */
    QUEUED,
    RUNNING,
    /** Every cell is done. */
    SUCCEEDED,
    /** Every cell has ended, at least one of them in failure. */
    FAILED;

    public boolean isTerminal() {
        return switch (this) {
            case QUEUED, RUNNING -> false;
            case SUCCEEDED, FAILED -> true;
        };
    }

    /** Whether an experiment in this state may go on to the other. */
    public boolean canBecome(ExperimentState next) {
        return switch (this) {
            case QUEUED -> next != QUEUED;
            case RUNNING -> next.isTerminal();
            case SUCCEEDED, FAILED -> false;
        };
    }
}
