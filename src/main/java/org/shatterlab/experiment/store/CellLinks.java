package org.shatterlab.experiment.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The cells of experiments, in bulk: plain SQL, since an experiment may have tens of thousands. */
@Repository
public class CellLinks {

    /** Since the start of the execution {@code x}. */
    private static final String SECONDS = "extract(epoch from clock_timestamp() - x.started_at)::double precision";

    /** So many new rows change how the tables are best read. */
    private static final int MANY = 1000;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    CellLinks(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /**
     * A cell to be stored: its fingerprint, that of its network and inputs, its canonical specification, and what it is
     * estimated to cost, in seconds of a core or of a GPU.
     */
    record NewCell(String fingerprint, String subject, String spec, double cost) {}

    /** A cell's place in an experiment. */
    public record Link(int ordinal, int network, String fingerprint, boolean settled) {}

    /**
     * A cell of an experiment that just ended.
     *
     * @param cells how often the experiment has it
     * @param network of the first of them
     * @param cost what they were estimated to cost, in seconds of a core or of a GPU
     * @param underway others of the experiment that are being computed, at the cost that they have come to by now
     */
    public record Settled(
            UUID experiment, String fingerprint, int cells, int network, double cost, CellTotals underway) {

        /** Both as one, the network and what is underway those of the first. */
        public Settled and(Settled other) {
            return new Settled(experiment, fingerprint, cells + other.cells, network, cost + other.cost, underway);
        }
    }

    /**
     * Stores the cells that are not there yet, and locks all of them: an update that never applies locks what it would
     * have updated, so that a deletion in between cannot take it away.
     *
     * @param cells sorted by fingerprint, so that two submissions that share cells do not deadlock
     */
    void insertMissing(List<NewCell> cells) {
        batches.batchUpdate("""
                insert into cell (fingerprint, subject, spec, cost, state) values (?, ?, ?::jsonb, ?, 'PLANNED')
                on conflict (fingerprint) do update set state = excluded.state where false""", cells, 1000, (statement, cell) -> {
            statement.setString(1, cell.fingerprint());
            statement.setString(2, cell.subject());
            statement.setString(3, cell.spec());
            statement.setDouble(4, cell.cost());
        });
    }

    /** Stores the places of cells, which are stored. */
    public void insert(UUID experiment, List<Link> links) {
        batches.batchUpdate(
                "insert into experiment_cell (experiment_id, ordinal, network, fingerprint, settled) values (?, ?, ?, ?, ?)",
                links,
                1000,
                (statement, link) -> {
                    statement.setObject(1, experiment);
                    statement.setInt(2, link.ordinal());
                    statement.setInt(3, link.network());
                    statement.setString(4, link.fingerprint());
                    statement.setBoolean(5, link.settled());
                });
        if (links.size() >= MANY && links.size() > knownLinks()) {
            // Until the database counts its rows, in a minute, it would go through all of them once for each of them.
            jdbc.sql("analyze cell, experiment_cell").update();
        }
    }

    /** How many there were when the database counted them last; negative where it never did. */
    private long knownLinks() {
        return jdbc.sql("select reltuples::bigint from pg_class where oid = 'experiment_cell'::regclass")
                .query(Long.class)
                .single();
    }

    /** Those of some cells that are done. */
    public Set<String> findDone(Collection<String> fingerprints) {
        return new HashSet<>(
                jdbc.sql("select fingerprint from cell where state = 'DONE' and fingerprint = any (?::bpchar[])")
                        .param(fingerprints.toArray(String[]::new))
                        .query(String.class)
                        .list());
    }

    /** How many cells before an ordinal have not ended. */
    public int countOpen(UUID experiment, int before) {
        return jdbc.sql("select count(*) from experiment_cell where experiment_id = ? and not settled and ordinal < ?")
                .params(experiment, before)
                .query(Integer.class)
                .single();
    }

    /** The next cells from an ordinal on that have not ended, in order. */
    public List<Link> findOpen(UUID experiment, int from, int limit) {
        return jdbc.sql("""
                        select ordinal, network, fingerprint, settled from experiment_cell
                        where experiment_id = ? and not settled and ordinal >= ? order by ordinal limit ?""")
                .params(experiment, from, limit)
                .query((row, _) -> new Link(row.getInt(1), row.getInt(2), row.getString(3), row.getBoolean(4)))
                .list();
    }

    /** The live experiments with a cell that is not scheduled and fewer than a window of those that are. */
    public List<UUID> findRefillable(int window) {
        return jdbc.sql("""
                        select e.id from experiment e
                        where e.state in ('QUEUED', 'RUNNING') and e.next_ordinal < e.cells
                          and exists (select from experiment_cell l where l.experiment_id = e.id and not l.settled
                                        and l.ordinal >= e.next_ordinal)
                          and (select count(*) from experiment_cell l where l.experiment_id = e.id and not l.settled
                                 and l.ordinal < e.next_ordinal) < ?
                        order by e.id""")
                .param(window)
                .query((row, _) -> row.getObject(1, UUID.class))
                .list();
    }

    /**
     * Marks cells as ended in every experiment that has them; told once for each experiment and cell. What others have come to
     * is told by the time they took so far, at the rate of those that ended; not on a GPU, where they wait for each other.
     * Costs and starts are looked up: joined, the database would go through all cells there are.
     */
    public List<Settled> settle(Collection<String> fingerprints) {
        String[] ended = fingerprints.toArray(String[]::new);
        return jdbc.sql("""
                        with settled as (
                            update experiment_cell set settled = true
                            where fingerprint = any (?::bpchar[]) and not settled
                            returning experiment_id, fingerprint, network),
                        ended as (
                            select s.experiment_id, s.fingerprint, count(*) cells, min(s.network) network,
                                   count(*) * (select c.cost from cell c where c.fingerprint = s.fingerprint) cost,
                                   (select %1$s from cell_execution x
                                    where x.fingerprint = s.fingerprint order by x.fence desc limit 1) seconds
                            from settled s group by s.experiment_id, s.fingerprint),
                        pace as (
                            select n.experiment_id, case e.device when 'CPU' then sum(n.cost) / nullif(max(n.seconds), 0) end rate
                            from ended n join experiment e on e.id = n.experiment_id group by n.experiment_id, e.device),
                        running as materialized (
                            select r.fingerprint, r.cost, %1$s seconds
                            from cell r join cell_execution x using (fingerprint, fence)
                            where r.state = 'RUNNING' and r.fingerprint <> all (?::bpchar[])),
                        underway as (
                            select l.experiment_id, count(*) cells,
                                   sum(least(r.cost, coalesce(p.rate * r.seconds, 0))) cost
                            from running r
                              cross join lateral (
                                select o.experiment_id from experiment_cell o
                                where o.fingerprint = r.fingerprint and not o.settled offset 0) l
                              join pace p using (experiment_id)
                            group by l.experiment_id)
                        select n.experiment_id, n.fingerprint, n.cells, n.network, n.cost,
                               coalesce(u.cells, 0), coalesce(u.cost, 0)
                        from ended n left join underway u using (experiment_id)
                        order by n.experiment_id, n.fingerprint""".formatted(SECONDS))
                .params(ended, ended)
                .query((row, _) -> new Settled(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getInt(3),
                        row.getInt(4),
                        row.getDouble(5),
                        new CellTotals(row.getInt(6), row.getDouble(7))))
                .list();
    }

    /**
     * Locks the places in the queue of a CPU of the next cells that are small.
     *
     * @param now on the database's clock
     * @return the places by fingerprint
     */
    public Map<String, String> takeSmall(double seconds, Instant now, int limit) {
        Map<String, String> places = new HashMap<>();
        jdbc.sql("""
                        select c.fingerprint, t.task_instance from scheduled_tasks t
                        join cell c on c.fingerprint = left(t.task_instance, 64)::bpchar
                        where t.task_name = ? and not t.picked and t.execution_time <= ? and c.cost <= ?
                        order by t.priority desc, t.execution_time limit ? for update of t skip locked""")
                .params(CellQueue.cell(DeviceClass.CPU).getTaskName(), now.atOffset(ZoneOffset.UTC), seconds, limit)
                .query(row -> {
                    places.put(row.getString(1), row.getString(2));
                });
        return places;
    }

    /** Takes cells out of the queue of a CPU whose places are locked. */
    public void removeFromQueue(Collection<String> places) {
        jdbc.sql("delete from scheduled_tasks where task_name = ? and task_instance = any (?)")
                .params(CellQueue.cell(DeviceClass.CPU).getTaskName(), places.toArray(String[]::new))
                .update();
    }

    /** The experiments that have a cell and are in a state, in the order of ids. */
    public List<UUID> findExperiments(String fingerprint, ExperimentState state) {
        return jdbc.sql("""
                        select distinct e.id from experiment_cell l join experiment e on e.id = l.experiment_id
                        where l.fingerprint = ? and e.state = ? order by e.id""")
                .params(fingerprint, state.name())
                .query((row, _) -> row.getObject(1, UUID.class))
                .list();
    }

    public void recordExecutions(Collection<CellLease> claims, String worker) {
        batches.batchUpdate(
                "insert into cell_execution (fingerprint, fence, worker) values (?, ?, ?)",
                claims,
                1000,
                (statement, claim) -> {
                    statement.setString(1, claim.fingerprint());
                    statement.setLong(2, claim.fence());
                    statement.setString(3, worker);
                });
    }

    /** The networks of an experiment that have fewer cells than this. */
    public Set<Integer> findNetworksBelow(UUID experiment, int cells) {
        return Set.copyOf(jdbc.sql("""
                        select network from experiment_cell where experiment_id = ?
                        group by network having count(*) < ?""")
                .params(experiment, cells)
                .query((row, _) -> row.getInt(1))
                .list());
    }

    /** What computed the cells of an experiment that are done. */
    public List<ProvenanceCount> findProvenance(UUID experiment) {
        return jdbc.sql("""
                        select c.provenance::text, count(*)
                        from experiment_cell e join cell c using (fingerprint)
                        where e.experiment_id = ? and c.provenance is not null
                        group by c.provenance::text order by 1""")
                .param(experiment)
                .query((row, _) -> new ProvenanceCount(row.getString(1), row.getInt(2)))
                .list();
    }
}
