package org.shatterlab.experiment.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.experiment.store.OwnerCells;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Component;

/**
 * Limits the number of open cells of the queue and of each token.
 *
 * <p>The limits are soft. The open cells are read once a second, and the cells that this process admits in between are
 * added. The cells that other processes admit in between are not counted. Safe for use by several threads.
 */
@Component
public class QueueCapacity {

    /** The owner of experiments that were submitted without a token. */
    private static final String NOBODY = "";

    private final ExperimentRepository experiments;
    private final QueueCapacityProperties limits;
    private final TimedCache<OpenCells> openCells = new TimedCache<>(this::read, Duration.ofSeconds(1));

    QueueCapacity(ExperimentRepository experiments, QueueCapacityProperties limits) {
        this.experiments = experiments;
        this.limits = limits;
    }

    /** The open cells that were read, with the cells that were admitted since. */
    private record OpenCells(AtomicLong all, Map<String, AtomicLong> byOwner) {

        AtomicLong of(String owner) {
            return byOwner.computeIfAbsent(owner, _ -> new AtomicLong());
        }
    }

    private OpenCells read() {
        List<OwnerCells> owners = experiments.countOpenCells();
        return new OpenCells(
                new AtomicLong(owners.stream().mapToLong(OwnerCells::open).sum()),
                new ConcurrentHashMap<>(owners.stream()
                        .collect(Collectors.toMap(OwnerCells::owner, owner -> new AtomicLong(owner.open())))));
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
        OpenCells now = openCells.get();
        long own = owner == null ? 0 : now.of(owner).get();
        if (owner != null && own + cells > limits.openCellsPerToken()) {
            return "%d cells of yours are to be computed, and this needs %d more; %d is the limit on open cells of a token."
                    .formatted(own, cells, limits.openCellsPerToken());
        }
        long all = now.all().get();
        return all + cells > limits.openCells()
                ? "%d cells are to be computed, and this needs %d more; %d is the limit on open cells."
                        .formatted(all, cells, limits.openCells())
                : null;
    }

    /**
     * Counts cells that were admitted and stored. The cells are added to the last reading: a new reading would contain
     * the cells already, and would count them twice.
     */
    public void admitted(@Nullable String owner, int cells) {
        OpenCells last = openCells.lastValue();
        if (last != null) {
            last.all().addAndGet(cells);
            last.of(owner == null ? NOBODY : owner).addAndGet(cells);
        }
    }
}
