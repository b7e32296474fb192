package org.shatterlab.experiment.queue;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.experiment.store.CellTotals;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Who still wants which cells: a cell that has not ended is wanted by the live experiments that have it.
 *
 * <p>Plain SQL: it sees what was written through JPA only after a flush.
 */
@Repository
public class WantedCells {

    /** Of the cell {@code c}. With the offset it is asked of each: joined, it would go through all that has not ended. */
    private static final String WANTED = """
            exists (select from experiment_cell o join experiment e on e.id = o.experiment_id
                    where o.fingerprint = c.fingerprint and not o.settled and e.state in ('QUEUED', 'RUNNING') offset 0)""";

    private final JdbcClient jdbc;

    WantedCells(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether a live experiment waits for a cell; asked under the lock of the cell. */
    boolean isWanted(String fingerprint) {
        return jdbc.sql("select " + WANTED + " from cell c where c.fingerprint = ?")
                .param(fingerprint)
                .query(Boolean.class)
                .single();
    }

    /** Those of some cells that a live experiment waits for. */
    Set<String> findWantedCells(Collection<String> fingerprints) {
        return Set.copyOf(
                jdbc.sql("select c.fingerprint from cell c where c.fingerprint = any (?::bpchar[]) and " + WANTED)
                        .param(fingerprints.toArray(String[]::new))
                        .query(String.class)
                        .list());
    }

    /** Those of some claims that hold their cell still, and the cell is wanted. */
    Set<CellLease> findWanted(Collection<CellLease> claims) {
        List<CellLease> all = List.copyOf(claims);
        return Set.copyOf(jdbc.sql("""
                        select mine.number from unnest(?::bpchar[], ?::bigint[]) with ordinality as mine (fingerprint, fence, number)
                        join cell c on (c.fingerprint, c.fence) = (mine.fingerprint, mine.fence)
                        where c.state = 'RUNNING' and %s""".formatted(WANTED))
                .param(all.stream().map(CellLease::fingerprint).toArray(String[]::new))
                .param(all.stream().map(CellLease::fence).toArray(Long[]::new))
                .query((row, _) -> all.get(row.getInt(1) - 1))
                .list());
    }

    /** Those of some experiments of which a cell waits in the queue or runs that no live experiment wants. */
    public Set<UUID> findOpen(Collection<UUID> experiments) {
        return Set.copyOf(jdbc.sql("""
                        select distinct l.experiment_id from experiment_cell l join cell c using (fingerprint)
                        where l.experiment_id = any (?::uuid[]) and not l.settled and c.state in ('QUEUED', 'RUNNING')
                          and not %s""".formatted(WANTED))
                .param(array(experiments))
                .query((row, _) -> row.getObject(1, UUID.class))
                .list());
    }

    private static String[] array(Collection<UUID> ids) {
        return ids.stream().map(UUID::toString).toArray(String[]::new);
    }

    /** Takes the cells of some experiments that wait and that no live experiment wants out of the queue. */
    public void withdraw(Collection<UUID> experiments) {
        List<String> waiting = jdbc.sql("""
                        select c.fingerprint from cell c
                        where c.state = 'QUEUED' and c.fingerprint in (
                            select l.fingerprint from experiment_cell l
                            where l.experiment_id = any (?::uuid[]) and not l.settled)
                        order by c.fingerprint for no key update""")
                .param(array(experiments))
                .query((row, _) -> row.getString(1))
                .list();
        // Another statement, so that it sees who came to want a cell while its lock was waited for.
        List<String> instances = jdbc.sql("""
                        update cell c set state = 'PLANNED'
                        where c.fingerprint = any (?::bpchar[]) and not %s
                        returning c.fingerprint || '/' || c.schedulings""".formatted(WANTED))
                .param(waiting.toArray(String[]::new))
                .query((row, _) -> row.getString(1))
                .list();
        // One that is picked already ends by itself: its cell is not to be claimed.
        for (DeviceClass device : DeviceClass.values()) {
            jdbc.sql("delete from scheduled_tasks where task_name = ? and task_instance = any (?) and not picked")
                    .params(CellQueue.cell(device).getTaskName(), instances.toArray(String[]::new))
                    .update();
        }
    }

    /**
     * Lets the cells of an experiment that failed be computed again, and settles those that are done since.
     *
     * @return those that are done
     */
    public CellTotals planMissing(UUID experiment) {
        lock(experiment);
        jdbc.sql("""
                        update cell set state = 'PLANNED', failure = null, finished_at = null
                        where state = 'FAILED'
                          and fingerprint in (select fingerprint from experiment_cell where experiment_id = ?)""").param(experiment).update();
        jdbc.sql("""
                        update experiment_cell l set settled = (c.state = 'DONE') from cell c
                        where c.fingerprint = l.fingerprint and l.experiment_id = ?
                          and l.settled <> (c.state = 'DONE')""").param(experiment).update();
        return jdbc.sql("""
                        select count(*), coalesce(sum(c.cost), 0) from experiment_cell l join cell c using (fingerprint)
                        where l.experiment_id = ? and l.settled""")
                .param(experiment)
                .query((row, _) -> new CellTotals(row.getInt(1), row.getDouble(2)))
                .single();
    }

    /** Locks every cell of an experiment and tells their fingerprints. */
    public List<String> lock(UUID experiment) {
        return jdbc.sql("""
                        select fingerprint from cell
                        where fingerprint in (select fingerprint from experiment_cell where experiment_id = ?)
                        order by fingerprint for no key update""")
                .param(experiment)
                .query((row, _) -> row.getString(1))
                .list();
    }

    /**
     * Deletes those of some cells, which are locked, that belong to no experiment, with all that was measured, and what was
     * predicted for nobody but them.
     */
    public void deleteUnshared(List<String> fingerprints) {
        Set<String> subjects = Set.copyOf(jdbc.sql("""
                        delete from cell c where c.fingerprint = any (?::bpchar[]) and c.state <> 'RUNNING'
                          and not exists (select from experiment_cell l where l.fingerprint = c.fingerprint)
                        returning c.subject""")
                .param(fingerprints.toArray(String[]::new))
                .query(String.class)
                .list());
        jdbc.sql("""
                        delete from prediction p where p.subject = any (?::bpchar[])
                          and not exists (select from cell c where c.subject = p.subject)""").param(subjects.toArray(String[]::new)).update();
    }
}
