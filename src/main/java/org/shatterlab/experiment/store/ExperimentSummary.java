package org.shatterlab.experiment.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A snapshot of an experiment without its specification, which may be large. */
public record ExperimentSummary(
        UUID id,
        @Nullable String name,
        @Nullable String preset,
        @Nullable String owner,
        ExperimentState state,
        Progress progress,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String failure) {}
