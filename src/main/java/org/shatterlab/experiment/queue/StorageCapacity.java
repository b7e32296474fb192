package org.shatterlab.experiment.queue;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * Limits the estimated bytes of all experiments and of each token's experiments, as far as {@link OwnerTotals} knows
 * the experiments.
 *
 * <p>An experiment counts all cells that are planned for it, from its submission to its deletion. A cell that several
 * experiments share counts for each of them, because the cell stays until the last of them is deleted.
 */
@Component
public class StorageCapacity {

    private static final double GIBIBYTE = DataSize.ofGigabytes(1).toBytes();

    private final StorageCapacityProperties limits;
    private final OwnerTotals stored;

    StorageCapacity(ExperimentRepository experiments, StorageCapacityProperties limits) {
        this.limits = limits;
        this.stored = new OwnerTotals(experiments::sumStoredBytes);
    }

    /**
     * Requires room for an experiment of an owner.
     *
     * @throws ProblemException with status 507, where the storage has no room
     */
    public void requireRoom(@Nullable String owner, long bytes) {
        if (owner != null) {
            require(stored.of(owner), bytes, limits.storedBytesPerToken(), "Your experiments", " of a token");
        }
        require(stored.all(), bytes, limits.storedBytes(), "All experiments", "");
    }

    private static void require(long present, long bytes, DataSize limit, String holder, String scope) {
        if (bytes > limit.toBytes() - present) {
            throw new ProblemException(
                    Problem.STORAGE_FULL,
                    String.format(
                            Locale.ROOT,
                            "%s take about %.2f GB, and this one needs about %.2f GB more; %.2f GB is the limit on stored bytes%s. Delete experiments that nobody needs.",
                            holder,
                            present / GIBIBYTE,
                            bytes / GIBIBYTE,
                            limit.toBytes() / GIBIBYTE,
                            scope));
        }
    }

    /** Counts the bytes of an experiment that was admitted and stored. */
    public void admitted(@Nullable String owner, long bytes) {
        stored.add(owner, bytes);
    }
}
