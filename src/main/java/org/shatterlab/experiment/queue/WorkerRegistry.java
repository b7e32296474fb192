package org.shatterlab.experiment.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.shatterlab.experiment.store.JdbcInstants;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The worker processes, by the signs of life that they give. */
@Repository
public class WorkerRegistry {

    /** A worker that gave no sign of life for so long is lost; its cells went to the others some seconds before. */
    static final Duration LEASE = Duration.ofSeconds(10);

    /** So long it is remembered, so that what became of it can be asked. */
    private static final String REMEMBERED = "interval '1 hour'";

    private final JdbcClient jdbc;

    WorkerRegistry(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What a worker process says of itself.
     *
     * @param name unique among those that share a database
     * @param node the machine
     * @param device class that it computes on
     * @param engine name and version
     * @param threads how many cells it computes at a time
     * @param memoryBytes what one cell may take outside the heap
     */
    public record Worker(String name, String node, String device, String engine, int threads, long memoryBytes) {}

    /** What a worker is at. */
    public enum State {
        /** It takes cells. */
        ACTIVE,
        /** It finishes those that it has, then stops. */
        DRAINING,
        /** It gave no sign of life for longer than its lease. */
        LOST
    }

    /**
     * A cell that is computed.
     *
     * @param experiments those that wait for it
     */
    public record CurrentCell(String fingerprint, Instant startedAt, List<UUID> experiments) {}

    /** A worker process as the others see it. */
    public record Seen(
            Worker worker, State state, Instant startedAt, Instant lastHeartbeat, List<CurrentCell> currentCells) {}

    /** Gives a sign of life. */
    public void beat(Worker worker, boolean draining) {
        jdbc.sql("""
                        insert into worker (name, node, device, engine, threads, memory_bytes, draining)
                        values (?, ?, ?, ?, ?, ?, ?)
                        on conflict (name) do update set heartbeat_at = clock_timestamp(), draining = excluded.draining""")
                .params(
                        worker.name(),
                        worker.node(),
                        worker.device(),
                        worker.engine(),
                        worker.threads(),
                        worker.memoryBytes(),
                        draining)
                .update();
    }

    /** A worker stops, with no cell left. */
    public void leave(String name) {
        jdbc.sql("delete from worker where name = ?").param(name).update();
    }

    /** Forgets those that were lost long ago. */
    public void purge() {
        jdbc.sql("delete from worker where heartbeat_at < clock_timestamp() - " + REMEMBERED)
                .update();
    }

    /** All that are known, by node and start. */
    @Transactional(readOnly = true)
    public List<Seen> list() {
        Map<String, List<CurrentCell>> cells = currentCells();
        return jdbc.sql("""
                        select name, node, device, engine, threads, memory_bytes, draining, started_at, heartbeat_at,
                               heartbeat_at < clock_timestamp() - make_interval(secs => ?)
                        from worker order by node, started_at, name""")
                .param(LEASE.toSeconds())
                .query((row, _) -> seen(row, cells))
                .list();
    }

    private static Seen seen(ResultSet row, Map<String, List<CurrentCell>> cells) throws SQLException {
        Worker worker = new Worker(
                row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getInt(5), row.getLong(6));
        State state = row.getBoolean(10) ? State.LOST : row.getBoolean(7) ? State.DRAINING : State.ACTIVE;
        return new Seen(
                worker,
                state,
                Objects.requireNonNull(JdbcInstants.instant(row, "started_at")),
                Objects.requireNonNull(JdbcInstants.instant(row, "heartbeat_at")),
                cells.getOrDefault(worker.name(), List.of()));
    }

    /** By the worker that computes them. */
    private Map<String, List<CurrentCell>> currentCells() {
        Map<String, List<CurrentCell>> cells = new LinkedHashMap<>();
        jdbc.sql("""
                        select x.worker, c.fingerprint, x.started_at,
                               array(select distinct l.experiment_id from experiment_cell l
                                     join experiment e on e.id = l.experiment_id
                                     where l.fingerprint = c.fingerprint and not l.settled
                                       and e.state in ('QUEUED', 'RUNNING', 'CANCELLING') order by 1)
                        from cell c join cell_execution x on (x.fingerprint, x.fence) = (c.fingerprint, c.fence)
                        where c.state = 'RUNNING' order by x.started_at, c.fingerprint""").query(row -> {
            cells.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                    .add(new CurrentCell(
                            row.getString(2),
                            Objects.requireNonNull(JdbcInstants.instant(row, "started_at")),
                            List.of((UUID[]) row.getArray(4).getArray())));
        });
        return cells;
    }
}
