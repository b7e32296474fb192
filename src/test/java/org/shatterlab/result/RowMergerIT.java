package org.shatterlab.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.RowsQuery.NetworkSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests that stored merges give the bits of a merge of all cells, whatever happens to the cells. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RowMergerIT {

    private static final UUID EXPERIMENT = new UUID(0, 1);
    private static final ResultQuery ALL = new ResultQuery(Set.of(), List.of(), Set.of(), null);

    /** The rows of a cell: a mean with five indexes at each depth, and a ratio of means at each depth. */
    private static final int KEYS = 6 * 12;

    private EmbeddedPostgres postgres;
    private HikariDataSource pool;
    private JdbcClient jdbc;
    private TransactionTemplate transactions;
    private TransactionTemplate snapshots;
    private RowMerger merger;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(folder.toFile())
                .start();
        HikariConfig config = new HikariConfig();
        config.setDataSource(postgres.getPostgresDatabase());
        config.setConnectionInitSql("set random_page_cost = 1.1");
        pool = new HikariDataSource(config);
        Flyway.configure()
                .dataSource(pool)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        jdbc = JdbcClient.create(pool);
        transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
        snapshots = new TransactionTemplate(new JdbcTransactionManager(pool));
        snapshots.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        merger = new RowMerger(jdbc, new JdbcTemplate(pool), transactions);
    }

    @AfterAll
    void stop() throws IOException {
        pool.close();
        postgres.close();
    }

    @BeforeEach
    void clear() {
        jdbc.sql("truncate experiment, cell cascade").update();
    }

    /** Inserts a running experiment of two networks, whose cells alternate and are in the queue. */
    private void insertExperiment(int cells) {
        jdbc.sql("""
                        insert into experiment (id, spec, state, priority, cells, cached, done, failed, created_at,
                                                cost, ended_cost, generation, mark_cost, next_mark_cost)
                        values (?, '{}', 'RUNNING', 0, ?, 0, 0, 0, now(), 1, 0, 0, 0, 0)""").params(EXPERIMENT, cells).update();
        jdbc.sql("""
                        insert into cell (fingerprint, subject, spec, state, cost)
                        select lpad(c::text, 64, '0'), lpad((c % 2)::text, 64, '0'), '{}', 'QUEUED', 1
                        from generate_series(0, ? - 1) c""").param(cells).update();
        jdbc.sql("""
                        insert into experiment_cell (experiment_id, ordinal, network, fingerprint, settled)
                        select ?, c, c % 2, lpad(c::text, 64, '0'), false from generate_series(0, ? - 1) c""").params(EXPERIMENT, cells).update();
    }

    /** Writes the results of cells as a worker does, with moments that do not merge exactly. */
    private void complete(int from, int to) {
        transactions.executeWithoutResult(_ -> {
            jdbc.sql("""
                            insert into cell_row
                            select lpad(c::text, 64, '0'), 'autocorrelation', depth, lag, 5, random(), random() * 1e3,
                                   null, null, null
                            from generate_series(:from, :to - 1) c, generate_series(1, 12) depth,
                                 generate_series(0, 4) lag
                            union all
                            select lpad(c::text, 64, '0'), 'gradient-correlation', depth, -1, 5, random(), random(),
                                   1 + random(), random(), random()
                            from generate_series(:from, :to - 1) c, generate_series(1, 12) depth""").param("from", from).param("to", to).update();
            jdbc.sql("""
                            update cell set state = 'DONE' where fingerprint in
                                (select lpad(c::text, 64, '0') from generate_series(?, ? - 1) c)""").params(from, to).update();
            jdbc.sql("update experiment set done = done + ?").param(to - from).update();
        });
    }

    private void setState(int cell, String state) {
        jdbc.sql("update cell set state = ? where fingerprint = lpad(?::text, 64, '0')")
                .params(state, cell)
                .update();
    }

    private void end(String state) {
        jdbc.sql("update experiment set state = ?, finished_at = clock_timestamp()")
                .param(state)
                .update();
    }

    /** Lets the merger work until there is nothing to merge. */
    private void mergeAll() {
        IntStream.range(0, 3).forEach(_ -> merger.run());
    }

    private Map<Integer, Integer> mergedTo() {
        return RowMerger.findMerged(jdbc, List.of(EXPERIMENT)).getOrDefault(EXPERIMENT, Map.of());
    }

    private List<NetworkSource> sources(Map<Integer, Integer> mergedTo) {
        return Stream.of(0, 1)
                .map(network -> NetworkSource.of(
                        EXPERIMENT,
                        network,
                        "n" + network,
                        mergedTo.getOrDefault(network, NetworkSource.NOTHING_MERGED)))
                .toList();
    }

    private List<String> rows(Map<Integer, Integer> mergedTo, @Nullable RowKey after, int limit) {
        List<String> rows = new ArrayList<>();
        MergedRowPage.read(jdbc, sources(mergedTo), ALL, after, limit)
                .passTo((_, key, row) -> rows.add(key + " " + row));
        return rows;
    }

    /** Compares the rows that a read returns with a merge of all cells, in one snapshot. */
    private void assertExact() {
        snapshots.executeWithoutResult(_ -> {
            Map<Integer, Integer> mergedTo = mergedTo();
            assertThat(rows(mergedTo, null, 1000)).isEqualTo(rows(Map.of(), null, 1000));
            RowKey middle = new RowKey(0, "autocorrelation", 7, 2);
            assertThat(rows(mergedTo, middle, 3)).isEqualTo(rows(Map.of(), middle, 3));
        });
    }

    @Test
    void continuesMergeWithSameBits() {
        insertExperiment(600);
        int done = 0;
        for (int cells : List.of(130, 40, 140, 10, 200, 80)) {
            complete(done, done + cells);
            done += cells;
            mergeAll();
            assertExact();
        }
        assertThat(mergedTo()).isEqualTo(Map.of(0, 518, 1, 519));
        end("SUCCEEDED");
        mergeAll();
        assertThat(mergedTo()).isEqualTo(Map.of(0, 598, 1, 599));
        assertExact();
        assertThat(rows(mergedTo(), null, 1000)).hasSize(2 * KEYS).allMatch(row -> row.contains("runs=1500"));
    }

    @Test
    void leavesSmallExperimentsUnmerged() {
        insertExperiment(126);
        complete(0, 126);
        end("SUCCEEDED");
        mergeAll();
        assertThat(mergedTo()).isEmpty();
        assertExact();
    }

    @Test
    void stopsBeforeOpenCell() {
        insertExperiment(400);
        complete(0, 200);
        setState(150, "RUNNING");
        complete(200, 400);
        mergeAll();
        assertThat(mergedTo()).isEqualTo(Map.of(0, 148, 1, 399));
        assertExact();
    }

    @Test
    void mergesAgainAfterSkippedCell() {
        insertExperiment(400);
        complete(0, 10);
        setState(10, "FAILED");
        complete(11, 390);
        setState(390, "PLANNED");
        complete(391, 400);
        end("FAILED");
        mergeAll();
        assertThat(mergedTo()).isEqualTo(Map.of(0, 398, 1, 399));
        assertExact();

        complete(390, 391);
        assertThat(mergedTo()).isEqualTo(Map.of(1, 399));
        assertExact();
        mergeAll();
        assertThat(mergedTo()).isEqualTo(Map.of(0, 398, 1, 399));
        assertExact();

        complete(10, 11);
        mergeAll();
        assertExact();
        assertThat(jdbc.sql("select count(*) from merged_network where skipped = '{}'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
    }

    /** A cell may be computed for another experiment after the experiment was cancelled. */
    @Test
    void mergesCellsDoneAfterTheEnd() {
        insertExperiment(400);
        complete(0, 140);
        setState(140, "RUNNING");
        complete(141, 400);
        end("CANCELLED");
        mergeAll();
        assertThat(mergedTo()).isEqualTo(Map.of(0, 138, 1, 399));
        complete(140, 141);
        mergeAll();
        assertThat(mergedTo()).isEqualTo(Map.of(0, 398, 1, 399));
        assertExact();
    }

    @Test
    void deletionRemovesMergedRows() {
        insertExperiment(200);
        complete(0, 200);
        mergeAll();
        assertThat(jdbc.sql("select count(*) from merged_row")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2 * KEYS);
        jdbc.sql("delete from experiment").update();
        assertThat(jdbc.sql("select count(*) from merged_row")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    /** Two mergers run while skipped cells are done one by one. Without the list of skipped cells, reads would be stale. */
    @Test
    void readsNoStaleMergeDuringRetries() {
        insertExperiment(300);
        List<Integer> failed = new ArrayList<>();
        for (int cell = 0; cell < 300; cell += 20) {
            setState(cell, "FAILED");
            failed.add(cell);
            complete(cell + 1, cell + 20);
        }
        end("FAILED");
        Collections.shuffle(failed, new Random(1));
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> mergers = Stream.generate(() -> CompletableFuture.runAsync(() -> {
                    while (!over.get()) {
                        merger.run();
                    }
                }))
                .limit(2)
                .toList();
        try {
            for (int cell : failed) {
                complete(cell, cell + 1);
                assertExact();
                assertExact();
            }
        } finally {
            over.set(true);
        }
        assertThat(mergers).allSatisfy(run -> assertThat(run).succeedsWithin(Duration.ofSeconds(30)));
        mergeAll();
        assertThat(mergedTo()).isEqualTo(Map.of(0, 298, 1, 299));
        assertExact();
    }

    @Test
    void readsOnlyRequestedKeysOfMergedRows() {
        insertExperiment(2000);
        complete(0, 2000);
        end("SUCCEEDED");
        mergeAll();
        assertExact();
        jdbc.sql("vacuum analyze").update();
        RowsQuery query = RowsQuery.cellRows(sources(mergedTo()).subList(0, 1), ALL, null, 2);
        String plan = jdbc.sql("explain (analyze, costs off, format json) " + query.sql())
                .params(query.parameters())
                .query(String.class)
                .single();
        List<JsonNode> nodes = new ArrayList<>();
        collect(new JsonMapper().readTree(plan).get(0).get("Plan"), nodes);
        assertThat(rowsRead("merged_row", nodes)).as(plan).isEqualTo(2);
        assertThat(rowsRead("experiment_cell", nodes))
                .as("the last cell, which belongs to the other network: " + plan)
                .isLessThanOrEqualTo(1);
        assertThat(rowsRead("cell_row", nodes)).as(plan).isZero();
    }

    private static void collect(JsonNode plan, List<JsonNode> nodes) {
        nodes.add(plan);
        if (plan.has("Plans")) {
            plan.get("Plans").forEach(child -> collect(child, nodes));
        }
    }

    private static int rowsRead(String table, List<JsonNode> nodes) {
        return nodes.stream()
                .filter(node -> node.path("Relation Name").asString("").equals(table))
                .mapToInt(node -> node.get("Actual Loops").asInt()
                        * (node.get("Actual Rows").asInt()
                                + node.path("Rows Removed by Filter").asInt(0)))
                .sum();
    }
}
