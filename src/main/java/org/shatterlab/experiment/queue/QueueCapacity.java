package org.shatterlab.experiment.queue;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Component;

/** Limits the number of open cells of the queue and of each token, as far as {@link OwnerTotals} knows the cells. */
@Component
public class QueueCapacity {

    private final QueueCapacityProperties limits;
    private final OwnerTotals openCells;

    QueueCapacity(ExperimentRepository experiments, QueueCapacityProperties limits) {
        this.limits = limits;
        this.openCells = new OwnerTotals(experiments::countOpenCells);
    }

    /** Returns whether the queue has room for some cells of an owner. */
    public boolean hasRoom(@Nullable String owner, int cells) {
        return refusal(owner, cells) == null;
    }

    /**
     * Requires room for some cells of an owner.
     *
     * @throws ProblemException with status 429, where the queue has no room
     */
    public void requireRoom(@Nullable String owner, int cells) {
        String refusal = cells == 0 ? null : refusal(owner, cells);
        if (refusal != null) {
            throw new ProblemException(Problem.QUEUE_FULL, refusal);
        }
    }

    private @Nullable String refusal(@Nullable String owner, int cells) {
        long own = openCells.of(owner);
        if (owner != null && own + cells > limits.openCellsPerToken()) {
            return String.format(
                    Locale.ROOT,
                    "%d cells of yours are to be computed, and this needs %d more; %d is the limit on open cells of a token.",
                    own,
                    cells,
                    limits.openCellsPerToken());
        }
        long all = openCells.all();
        return all + cells > limits.openCells()
                ? String.format(
                        Locale.ROOT,
                        "%d cells are to be computed, and this needs %d more; %d is the limit on open cells.",
                        all,
                        cells,
                        limits.openCells())
                : null;
    }

    /** Counts cells that were admitted and stored. */
    public void admitted(@Nullable String owner, int cells) {
        openCells.add(owner, cells);
    }
}
