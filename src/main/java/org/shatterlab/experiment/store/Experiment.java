package org.shatterlab.experiment.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;

/**
 * A snapshot of an experiment.
 *
 * @param owner the name of the token that submitted the experiment; null where the service runs without tokens
 * @param rounds the number of decided rounds; null unless the experiment is adaptive
 * @param failure the reason of the first failed cell; null unless a cell failed
 */
public record Experiment(
        UUID id,
        @Nullable String owner,
        ExperimentState state,
        Progress progress,
        ExperimentSpec spec,
        @Nullable Integer rounds,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String failure) {

    public ExperimentVersion version() {
        return new ExperimentVersion(state, progress.done(), progress.failed(), rounds, startedAt, finishedAt);
    }

    public ExperimentStatus status() {
        return new ExperimentStatus(id, state, progress, version());
    }
}
