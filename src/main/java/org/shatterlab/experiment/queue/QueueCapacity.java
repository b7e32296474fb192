package org.shatterlab.experiment.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many cells are to be computed, and whether there is room for more.
 *
 * <p>The caps are soft. The database is asked once a second; what this process admits meanwhile is added, what others admit
 * and what is being stored when it is asked is not.
 */
@Component
public class QueueCapacity {

    /** Stands for whoever has no token. */
    private static final String NOBODY = "";

    private final JdbcClient jdbc;
    private final QueueCapacityProperties limits;
    private final TimedCache<Figures> figures = new TimedCache<>(this::read, Duration.ofSeconds(1));

    QueueCapacity(JdbcClient jdbc, QueueCapacityProperties limits) {
        this.jdbc = jdbc;
        this.limits = limits;
    }

    /** What was read, and what was admitted since. */
    private record Figures(AtomicLong all, Map<String, AtomicLong> byOwner) {

        AtomicLong of(String owner) {
            return byOwner.computeIfAbsent(owner, _ -> new AtomicLong());
        }
    }

    private Figures read() {
        Map<String, AtomicLong> byOwner = new HashMap<>();
        jdbc.sql("""
                        select coalesce(owner, ''), sum(cells - done - failed) from experiment
                        where state in ('QUEUED', 'RUNNING') group by 1""").query(row -> {
            byOwner.put(row.getString(1), new AtomicLong(row.getLong(2)));
        });
        long all = byOwner.values().stream().mapToLong(AtomicLong::get).sum();
        return new Figures(new AtomicLong(all), new ConcurrentHashMap<>(byOwner));
    }

    public boolean hasRoom(@Nullable String owner, int cells) {
        return refusal(owner, cells) == null;
    }

    /**
     * Lets some cells in.
     *
     * @throws ProblemException where they are more than there is room for
     */
    public void requireRoom(@Nullable String owner, int cells) {
        String refusal = cells == 0 ? null : refusal(owner, cells);
        if (refusal != null) {
            throw new ProblemException(Problem.QUEUE_FULL, refusal);
        }
    }

    private @Nullable String refusal(@Nullable String owner, int cells) {
        Figures now = figures.get();
        long mine = owner == null ? 0 : now.of(owner).get();
        if (owner != null && mine + cells > limits.openCellsPerToken()) {
            return "%d cells of yours are to be computed, and this needs %d more; %d is the limit on open cells of a token."
                    .formatted(mine, cells, limits.openCellsPerToken());
        }
        long all = now.all().get();
        return all + cells > limits.openCells()
                ? "%d cells are to be computed, and this needs %d more; %d is the limit on open cells."
                        .formatted(all, cells, limits.openCells())
                : null;
    }

    /** Counts what was let in. */
    public void admitted(@Nullable String owner, int cells) {
        Figures now = figures.get();
        now.all().addAndGet(cells);
        now.of(owner == null ? NOBODY : owner).addAndGet(cells);
    }
}
