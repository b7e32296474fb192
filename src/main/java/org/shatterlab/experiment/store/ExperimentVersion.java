package org.shatterlab.experiment.store;

import java.time.Instant;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

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
        return DigestUtils.sha256Hex(toString()).substring(0, 24);
    }
}
