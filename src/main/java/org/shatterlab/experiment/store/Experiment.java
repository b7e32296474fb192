package org.shatterlab.experiment.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;

/**
 * An experiment at one moment.
 *
 * @param owner who submitted it; null where the service runs without tokens
 * @param rounds how many rounds are decided; null unless it is adaptive
 * @param failure why it failed; null unless a cell failed
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

    public static Experiment of(ExperimentEntity entity, Instant now) {
        return of(entity, SpecReader.restore(StrictJson.parse(entity.spec())), now);
    }

    /** The same, where the specification has been read. */
    public static Experiment of(ExperimentEntity entity, ExperimentSpec spec, Instant now) {
        return new Experiment(
                entity.getId(),
                entity.owner(),
                entity.state(),
                entity.progress(now),
                spec,
                entity.rounds(),
                entity.createdAt(),
                entity.startedAt(),
                entity.finishedAt(),
                entity.failure());
    }

    public ExperimentVersion version() {
        return new ExperimentVersion(state, progress.done(), progress.failed(), rounds, startedAt, finishedAt);
    }

    public ExperimentStatus status() {
        return new ExperimentStatus(id, state, progress, version());
    }
}
