package org.shatterlab.experiment.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.shatterlab.experiment.store.CellExecutionRepository;
import org.shatterlab.experiment.store.CellExecutionRepository.RunningExecution;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The owner of the table {@code worker}: the worker processes with their last heartbeats. */
@Repository
public class WorkerRegistry {

    /** A worker without a heartbeat for this time is lost. Other workers leased its cells some seconds before. */
    static final Duration LOST_AFTER = Duration.ofSeconds(10);

    /** A lost worker is listed for this time. */
    private static final String LISTED_AFTER_LOSS = "interval '1 hour'";

    private final JdbcClient jdbc;
    private final CellExecutionRepository executions;

    WorkerRegistry(JdbcClient jdbc, CellExecutionRepository executions) {
        this.jdbc = jdbc;
        this.executions = executions;
    }

    /**
     * A worker process.
     *
     * @param name unique among the processes that share a database
     * @param node the machine
     * @param device the class of devices that the process computes on
     * @param engine name and version of the engine
     * @param threads the number of cells that the process computes at a time
     * @param memoryBytes the memory that one cell may take outside the heap, in bytes
     */
    public record Worker(String name, String node, String device, String engine, int threads, long memoryBytes) {}

    /** The state of a worker. */
    public enum WorkerState {
        /** The worker leases cells. */
        ACTIVE,
        /** The worker finishes its cells and then stops. */
        DRAINING,
        /** The worker had no heartbeat for longer than {@link #LOST_AFTER}. */
        LOST
    }

    /**
     * A cell that a worker computes.
     *
     * @param experiments the experiments that wait for the cell
     */
    public record CurrentCell(String fingerprint, Instant startedAt, List<UUID> experiments) {}

    /** A worker process with its state and its cells. */
    public record WorkerStatus(
            Worker worker,
            WorkerState state,
            Instant startedAt,
            Instant lastHeartbeat,
            List<CurrentCell> currentCells) {}

    /** Stores a heartbeat. */
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

    /** Removes a worker that stops without cells. */
    public void leave(String name) {
        jdbc.sql("delete from worker where name = ?").param(name).update();
    }

    /** Removes the workers that were lost long ago. */
    public void purge() {
        jdbc.sql("delete from worker where heartbeat_at < clock_timestamp() - " + LISTED_AFTER_LOSS)
                .update();
    }

    /** Returns all known workers, ordered by node and start. */
    @Transactional(readOnly = true)
    public List<WorkerStatus> list() {
        Map<String, List<CurrentCell>> cells = executions.findRunning().stream()
                .collect(Collectors.groupingBy(
                        RunningExecution::getWorker,
                        Collectors.mapping(WorkerRegistry::currentCell, Collectors.toList())));
        return jdbc.sql("""
                        select name, node, device, engine, threads, memory_bytes, draining, started_at, heartbeat_at,
                               heartbeat_at < clock_timestamp() - make_interval(secs => ?)
                        from worker order by node, started_at, name""")
                .param(LOST_AFTER.toSeconds())
                .query((row, _) -> status(row, cells))
                .list();
    }

    private static CurrentCell currentCell(RunningExecution cell) {
        return new CurrentCell(cell.getFingerprint(), cell.getStartedAt(), List.of(cell.getExperiments()));
    }

    private static WorkerStatus status(ResultSet row, Map<String, List<CurrentCell>> cells) throws SQLException {
        Worker worker = new Worker(
                row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getInt(5), row.getLong(6));
        WorkerState state =
                row.getBoolean(10) ? WorkerState.LOST : row.getBoolean(7) ? WorkerState.DRAINING : WorkerState.ACTIVE;
        return new WorkerStatus(
                worker,
                state,
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("heartbeat_at", OffsetDateTime.class).toInstant(),
                cells.getOrDefault(worker.name(), List.of()));
    }
}
