package org.shatterlab.experiment.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;

/**
 * The columns of an experiment without its specification, which may be large.
 *
 * @param rounds the number of decided rounds; null unless the experiment is adaptive
 */
record ExperimentRow(
        UUID id,
        @Nullable String name,
        @Nullable String preset,
        @Nullable String owner,
        ExperimentState state,
        int cells,
        int done,
        int failed,
        int cached,
        @Nullable Integer rounds,
        ProgressEstimator estimator,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String failure) {

    /** The JPQL that selects rows of experiments {@code e}. */
    static final String SELECT = """
            select new org.shatterlab.experiment.store.ExperimentRow(
                e.id, e.name, e.preset, e.owner, e.state, e.cells, e.done, e.failed, e.cached, e.rounds, e.estimator,
                e.createdAt, e.startedAt, e.finishedAt, e.failure)
            from ExperimentEntity e""";

    /** Returns the experiment at an instant on the database's clock. */
    Experiment experiment(ExperimentSpec spec, Instant now) {
        return new Experiment(id, owner, state, progress(now), spec, rounds, createdAt, startedAt, finishedAt, failure);
    }

    ExperimentSummary summary(Instant now) {
        return new ExperimentSummary(
                id, name, preset, owner, state, progress(now), createdAt, startedAt, finishedAt, failure);
    }

    ExperimentStatus status(Instant now) {
        return new ExperimentStatus(
                id, state, progress(now), new ExperimentVersion(state, done, failed, rounds, startedAt, finishedAt));
    }

    private Progress progress(Instant now) {
        return new Progress(
                cells,
                done,
                failed,
                cached,
                (double) (done + failed) / cells,
                state == ExperimentState.RUNNING ? estimator.secondsLeft(now) : null);
    }
}
