package org.shatterlab.experiment.store;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that experiments of a list meet. A condition that is null selects all experiments.
 *
 * @param states any of these states; empty selects all states
 * @param name a part of the name, in upper or lower case
 * @param owner the whole name of the owner
 * @param createdAfter the instant after which the experiment was created
 */
public record ExperimentFilter(
        Set<ExperimentState> states,
        @Nullable String name,
        @Nullable String preset,
        @Nullable String owner,
        @Nullable Instant createdAfter) {

    /** Returns whether the filter selects all experiments. */
    public boolean isEmpty() {
        return states.isEmpty() && name == null && preset == null && owner == null && createdAfter == null;
    }

    /** Returns this filter with other states. */
    public ExperimentFilter withStates(Set<ExperimentState> others) {
        return new ExperimentFilter(others, name, preset, owner, createdAfter);
    }
}
