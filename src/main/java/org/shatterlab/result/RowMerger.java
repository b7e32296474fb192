package org.shatterlab.result;

import java.sql.Array;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.MergedRowPage.MergedRow;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.RowsQuery.NetworkSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Merges the rows of the first cells of large experiments, and stores the merged rows. A read then merges only later
 * cells, whatever the size of the experiment.
 *
 * <p>A merge of cells in their order is a left fold, so that a later merge and a read can continue a stored merge with
 * the same bits. Done cells never change, and new cells come after all others. A stored merge therefore stays right for
 * good, with one exception. A failed cell, or a cell that nobody wanted any more, may be done later. The merge lists
 * such cells as skipped, and the merge is void once one of them is done. A reader checks the list in its own snapshot
 * and merges the cells itself, until this class has merged them anew.
 */
@Repository
public class RowMerger {

    /**
     * The number of cells of a network that are worth a stored merge. With fewer cells a read merges few rows for each
     * key, and the stored rows would take more space than they save time.
     */
    static final int MIN_CELLS = 64;

    /** The time after which a run starts no further step. */
    private static final Duration MAX_TIME = Duration.ofSeconds(1);

    /** The number of experiments that one run considers. */
    private static final int MAX_EXPERIMENTS = 100;

    /** The number of cells' rows that one transaction merges, unless {@link #MIN_CHUNK} cells have more. */
    private static final int MAX_ROWS = 100_000;

    /** The number of cells' rows that one query reads. PostgreSQL sorts them in its default memory of 4 MiB. */
    private static final int MAX_SORTED_ROWS = 32_768;

    /** The smallest number of cells that are merged at a time. Each time all merged rows are written. */
    private static final int MIN_CHUNK = 8;

    private static final int BATCH_SIZE = 1000;

    private static final ResultQuery ALL = new ResultQuery(Set.of(), List.of(), Set.of(), null);

    /** The condition that a network {@code m} has a skipped cell which is done by now. */
    private static final String VOID = """
            (m.skipped <> '{}' and exists (
                select from unnest(m.skipped) o (ordinal)
                join experiment_cell v on v.experiment_id = m.experiment_id and v.ordinal = o.ordinal
                join cell d on d.fingerprint = v.fingerprint
                where d.state = 'DONE'))""";

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final TransactionOperations transactions;

    RowMerger(JdbcClient jdbc, JdbcTemplate batches, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.transactions = transactions;
    }

    /**
     * The progress of an experiment.
     *
     * @param done the number of done cells
     * @param ended whether the state is terminal
     * @param finishedAt the end of the experiment; null unless the experiment has ended
     */
    private record MergeProgress(
            int done, boolean ended, @Nullable OffsetDateTime finishedAt) {}

    /**
     * The next cells of a network that can be merged.
     *
     * @param mergedTo the ordinal of the last merged cell
     * @param done the ordinals of the next done cells, ascending
     * @param skipped the ordinals of the other cells between the done cells and after them
     */
    private record NextCells(int network, int mergedTo, List<Integer> done, List<Integer> skipped) {}

    /**
     * Returns the networks whose first cells are merged.
     *
     * @return the ordinals of the last merged cells by experiment and network. An experiment that does not exist is left
     *     out.
     */
    static Map<UUID, Map<Integer, Integer>> findMerged(JdbcClient jdbc, Collection<UUID> experiments) {
        Map<UUID, Map<Integer, Integer>> merged = new HashMap<>();
        jdbc.sql("""
                        select e.id, m.network, m.last_ordinal
                        from experiment e left join merged_network m on m.experiment_id = e.id and not %s
                        where e.id = any (?::uuid[])""".formatted(VOID))
                .param(experiments.stream().map(UUID::toString).toArray(String[]::new))
                .query(row -> {
                    Map<Integer, Integer> networks =
                            merged.computeIfAbsent(row.getObject("id", UUID.class), _ -> new HashMap<>());
                    if (row.getObject("network") != null) {
                        networks.put(row.getInt("network"), row.getInt("last_ordinal"));
                    }
                });
        return merged;
    }

    /**
     * Merges cells that are not merged yet, newest experiments first. The run ends after about a second, and the next run
     * continues. Several processes may run at the same time.
     */
    public void run() {
        long start = System.nanoTime();
        for (UUID experiment : findDue()) {
            boolean more = true;
            while (more) {
                if (System.nanoTime() - start > MAX_TIME.toNanos()) {
                    return;
                }
                more = Boolean.TRUE.equals(transactions.execute(_ -> mergeNext(experiment)));
            }
        }
    }

    /**
     * Returns large experiments that have ended or have many more done cells since their networks were examined, or that
     * have a void merge.
     */
    private List<UUID> findDue() {
        return jdbc.sql(String.format(Locale.ROOT, """
                        select e.id from experiment e left join merged_experiment m on m.experiment_id = e.id
                        where e.cells >= %1$d
                          and (e.done >= coalesce(m.done, 0) + %1$d
                               or e.state in ('SUCCEEDED', 'FAILED', 'CANCELLED')
                                  and (m.experiment_id is null or e.finished_at is distinct from m.finished_at))
                        union
                        select m.experiment_id from merged_network m where %2$s
                        order by id desc limit ?""", MIN_CELLS, VOID))
                .param(MAX_EXPERIMENTS)
                .query((row, _) -> row.getObject("id", UUID.class))
                .list();
    }

    /**
     * Merges the next cells of one network.
     *
     * @return whether there may be more to merge. False also if another process merges the experiment.
     */
    private boolean mergeNext(UUID experiment) {
        if (!lock(experiment)) {
            return false;
        }
        jdbc.sql("delete from merged_network m where m.experiment_id = ? and " + VOID)
                .param(experiment)
                .update();
        MergeProgress progress = jdbc.sql("""
                        select done, state in ('SUCCEEDED', 'FAILED', 'CANCELLED') as ended, finished_at
                        from experiment where id = ?""")
                .param(experiment)
                .query((row, _) -> new MergeProgress(
                        row.getInt("done"),
                        row.getBoolean("ended"),
                        row.getObject("finished_at", OffsetDateTime.class)))
                .single();
        Optional<NextCells> next = findNext(experiment, progress.ended());
        next.ifPresentOrElse(cells -> merge(experiment, cells), () -> recordExamined(experiment, progress));
        return next.isPresent();
    }

    /**
     * Records that no network has enough cells to merge. The end of an experiment is not recorded while its cells are
     * computed for another experiment, because these cells may end without a change of this experiment.
     */
    private void recordExamined(UUID experiment, MergeProgress progress) {
        jdbc.sql("""
                        update merged_experiment m set done = :done, finished_at = case when not exists (
                            select from experiment_cell l join cell c using (fingerprint)
                            where l.experiment_id = m.experiment_id and c.state in ('QUEUED', 'RUNNING'))
                            then cast(:finished as timestamptz) end
                        where m.experiment_id = :experiment""")
                .param("done", progress.done())
                .param("finished", progress.finishedAt())
                .param("experiment", experiment)
                .update();
    }

    /** Locks the merge of an experiment, unless another process has locked the merge or the experiment is deleted. */
    private boolean lock(UUID experiment) {
        // The lock of the experiment makes a deletion wait for the end of this transaction.
        jdbc.sql("""
                        insert into merged_experiment (experiment_id, done)
                        select id, 0 from experiment where id = ? for key share
                        on conflict do nothing""").param(experiment).update();
        return jdbc.sql("select true from merged_experiment where experiment_id = ? for update skip locked")
                .param(experiment)
                .query(Boolean.class)
                .optional()
                .isPresent();
    }

    /**
     * Returns the next cells of a network that has enough of them. The cells end before the first cell that may be done
     * soon. An experiment that has ended plans no cells, so its planned cells are skipped as failed cells are.
     */
    private Optional<NextCells> findNext(UUID experiment, boolean ended) {
        return jdbc.sql("""
                        with next as (
                            select l.network, l.ordinal, c.state, m.last_ordinal,
                                   count(*) filter (where c.state in ('QUEUED', 'RUNNING')
                                                       or c.state = 'PLANNED' and not :ended)
                                       over (partition by l.network order by l.ordinal) as open
                            from experiment_cell l
                            join cell c using (fingerprint)
                            left join merged_network m using (experiment_id, network)
                            where l.experiment_id = :experiment and l.ordinal > coalesce(m.last_ordinal, -1))
                        select network, coalesce(last_ordinal, -1) as merged_to,
                               array_agg(ordinal order by ordinal) filter (where state = 'DONE') as done,
                               array_agg(ordinal) filter (where state <> 'DONE') as skipped
                        from next where open = 0
                        group by network, last_ordinal
                        having count(*) filter (where state = 'DONE')
                               >= case when :ended and last_ordinal is not null then 1 else :cells end
                        order by network limit 1""")
                .param("experiment", experiment)
                .param("ended", ended)
                .param("cells", MIN_CELLS)
                .query((row, _) -> new NextCells(
                        row.getInt("network"),
                        row.getInt("merged_to"),
                        integers(row.getArray("done")),
                        integers(row.getArray("skipped"))))
                .optional();
    }

    private static List<Integer> integers(@Nullable Array array) throws SQLException {
        return array == null ? List.of() : List.of((Integer[]) array.getArray());
    }

    private void merge(UUID experiment, NextCells next) {
        int rowsPerCell = jdbc.sql("""
                        select count(*) from experiment_cell join cell_row using (fingerprint)
                        where experiment_id = ? and ordinal = ?""")
                .params(experiment, next.done().getFirst())
                .query(Integer.class)
                .single();
        int chunk = cells(MAX_SORTED_ROWS, rowsPerCell, MIN_CHUNK, next);
        int cells = cells(MAX_ROWS, rowsPerCell, chunk, next);
        int lastCell = next.done().get(cells - 1);
        jdbc.sql("""
                        insert into merged_network (experiment_id, network, last_ordinal, skipped) values (?, ?, ?, ?)
                        on conflict (experiment_id, network) do update
                        set last_ordinal = excluded.last_ordinal,
                            skipped = merged_network.skipped || excluded.skipped""")
                .params(
                        experiment,
                        next.network(),
                        lastCell,
                        next.skipped().stream()
                                .filter(ordinal -> ordinal < lastCell)
                                .toArray(Integer[]::new))
                .update();
        int mergedTo = next.mergedTo();
        for (int merged = 0; merged < cells; merged += chunk) {
            int to = next.done().get(Math.min(merged + chunk, cells) - 1);
            mergeChunk(new NetworkSource(experiment, next.network(), "", mergedTo, to), MAX_SORTED_ROWS / chunk);
            mergedTo = to;
        }
    }

    /** Returns how many of the next cells have a number of rows together. */
    private static int cells(int rows, int rowsPerCell, int min, NextCells next) {
        return Math.min(
                Math.max(rows / Math.max(rowsPerCell, 1), min), next.done().size());
    }

    /** Merges cells of a network into its merged rows, some keys at a time. */
    private void mergeChunk(NetworkSource source, int keys) {
        RowKey after = null;
        boolean more = true;
        while (more) {
            MergedRowPage page = MergedRowPage.merge(jdbc, List.of(source), ALL, after, keys);
            store(source.experiment(), page.rows());
            more = page.finishedNetworks() == 0;
            after = more ? page.lastKey() : null;
        }
    }

    private void store(UUID experiment, List<MergedRow> rows) {
        batches.batchUpdate("""
                insert into merged_row (experiment_id, network, statistic, depth, index, count, mean, m2,
                                        mean_denominator, m2_denominator, co_moment)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (experiment_id, network, statistic, depth, index) do update
                set count = excluded.count, mean = excluded.mean, m2 = excluded.m2,
                    mean_denominator = excluded.mean_denominator, m2_denominator = excluded.m2_denominator,
                    co_moment = excluded.co_moment""", rows, BATCH_SIZE, (statement, row) -> {
            statement.setObject(1, experiment);
            statement.setInt(2, row.key().network());
            statement.setString(3, row.key().statistic());
            statement.setInt(4, row.key().depth());
            statement.setInt(5, row.key().index());
            ResultStore.bind(statement, 6, row.moments());
        });
    }
}
