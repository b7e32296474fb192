package org.shatterlab.experiment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.Sha256;

/** What changes of an experiment in its life: at equal versions it is the same but for the time that is left. */
public record ExperimentVersion(
        ExperimentState state,
        int done,
        int failed,
        @Nullable Integer rounds,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** A short text for this version and no other. */
    public String tag() {
        return Sha256.hex(toString()).substring(0, 24);
    }
}
