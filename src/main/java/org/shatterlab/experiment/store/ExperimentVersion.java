package org.shatterlab.experiment.store;

import java.time.Instant;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/** The version of an experiment. Snapshots with equal versions differ in the remaining time only. */
public record ExperimentVersion(
        ExperimentState state,
        int done,
        int failed,
        @Nullable Integer rounds,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** Returns a short text that identifies the version. */
    public String tag() {
        return DigestUtils.sha256Hex(toString()).substring(0, 24);
    }
}
