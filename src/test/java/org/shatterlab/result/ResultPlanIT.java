package org.shatterlab.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.RowsQuery.KeyRange;
import org.shatterlab.result.RowsQuery.NetworkSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks PostgreSQL's query plans. A query reads only the requested rows and no other rows of the tables. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResultPlanIT {

    private static final int NETWORK = 1;
    private static final List<NetworkSource> ONE = List.of(source(7));
    private static final List<NetworkSource> SEVERAL = List.of(source(9), source(7), source(31));
    private static final int CELLS_OF_NETWORK = 10;
    private static final int DEPTHS = 50;
    private static final int KEYS = 60;

    /** The setting that each connection of the service has. */
    private static final String RANDOM_PAGE_COST = "random_page_cost = 1.1";

    private static final ResultQuery ALL = new ResultQuery(Set.of(), List.of(), Set.of(), null);
    private static final ResultQuery FILTERED = new ResultQuery(
            Set.of(),
            List.of(new DepthRange(2, 9), new DepthRange(40, 45)),
            Set.of("activation-rate", "gradient-variance"),
            null);
    private static final ResultQuery DEEP = new ResultQuery(Set.of(), List.of(new DepthRange(40, 45)), Set.of(), null);
    private static final RowKey MIDDLE = new RowKey(NETWORK, "activation-rate", 41, 1);

    private EmbeddedPostgres postgres;
    private JdbcClient jdbc;

    private static NetworkSource source(int experiment) {
        return NetworkSource.of(new UUID(0, experiment), NETWORK, "", NetworkSource.NOTHING_MERGED);
    }

    /** Fills the tables with 50 experiments of 2 networks and 200,000 rows. */
    @BeforeAll
    void fill(@TempDir Path folder) throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(folder.toFile())
                .start();
        Flyway.configure()
                .dataSource(postgres.getPostgresDatabase())
                .locations("classpath:db/migration")
                .load()
                .migrate();
        jdbc = JdbcClient.create(postgres.getPostgresDatabase());
        List.of("""
                        insert into experiment (id, spec, state, priority, cells, cached, done, failed, created_at,
                                                owner, cost, ended_cost, generation, mark_cost, next_mark_cost)
                        select ('00000000-0000-0000-0000-' || lpad(to_hex(e), 12, '0'))::uuid,
                               '{}', 'SUCCEEDED', 0, 20, 0, 20, 0, now(), '', 1, 1, 1, 0, 0
                        from generate_series(0, 49) e""", """
                        insert into cell (fingerprint, subject, spec, state, cost)
                        select lpad(to_hex(c), 64, '0'), lpad(to_hex(c / 10), 64, '0'), '{}', 'DONE', 1
                        from generate_series(0, 999) c""", """
                        insert into experiment_cell (experiment_id, ordinal, network, fingerprint, settled)
                        select ('00000000-0000-0000-0000-' || lpad(to_hex(c / 20), 12, '0'))::uuid,
                               c % 20, c % 20 / 10, lpad(to_hex(c), 64, '0'), true
                        from generate_series(0, 999) c""", """
                        insert into cell_row (fingerprint, statistic, depth, index, count, mean, m2)
                        select fingerprint, statistic, depth, index, 5, 0, 1
                        from cell, generate_series(1, 50) depth,
                             (values ('activation-rate', 0), ('activation-rate', 1), ('activation-rate', 2),
                                     ('gradient-variance', -1)) k (statistic, index)""", """
                        insert into prediction (subject, statistic, depth, index, paper)
                        select distinct c.subject, r.statistic, r.depth, r.index, 0.5
                        from cell c join cell_row r using (fingerprint)""", """
                        insert into prediction (subject, statistic, depth, index, paper)
                        select distinct subject, 'activation-rate', depth, layer, 0
                        from cell, generate_series(1, 50) depth, generate_series(3, 9) layer""", "alter database postgres set " + RANDOM_PAGE_COST, "vacuum analyze")
                .forEach(statement -> jdbc.sql(statement).update());
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    /**
     * A query.
     *
     * @param name the name of the test case
     * @param sources the requested networks
     * @param query the filter
     * @param after the key that the requested keys come after; null to start at the first key
     * @param keys the expected number of keys of each network, at most {@link #KEYS}
     */
    record PlanCase(
            String name,
            List<NetworkSource> sources,
            ResultQuery query,
            @Nullable RowKey after,
            int keys) {

        RowsQuery cellRows() {
            return RowsQuery.cellRows(sources, query, after, KEYS);
        }

        MergedRowPage page(JdbcClient jdbc) {
            return MergedRowPage.read(jdbc, sources, query, after, KEYS);
        }

        int cells() {
            return sources.size() * CELLS_OF_NETWORK;
        }

        /** Returns the number of merged rows. A page ends at the first network that may have more rows. */
        int merged() {
            return keys < KEYS ? keys * sources.size() : keys;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<PlanCase> cases() {
        return Stream.of(
                new PlanCase("first keys", ONE, ALL, null, KEYS),
                new PlanCase("first keys of several networks", SEVERAL, ALL, null, KEYS),
                new PlanCase("keys from the middle", ONE, ALL, MIDDLE, KEYS),
                new PlanCase("last keys", ONE, ALL, new RowKey(NETWORK, "gradient-variance", 20, -1), DEPTHS - 20),
                new PlanCase("first keys of some statistics and depths", ONE, FILTERED, null, 3 * 14 + 14),
                new PlanCase(
                        "first keys of some statistics and depths of several networks",
                        SEVERAL,
                        FILTERED,
                        null,
                        3 * 14 + 14),
                new PlanCase("keys of some depths from the middle", ONE, DEEP, MIDDLE, 1 + 3 * 4 + 6));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void readsOnlyRequestedRows(PlanCase testCase) {
        List<JsonNode> plan = plan(testCase.cellRows());

        assertThat(plan.getFirst().get("Actual Rows").asInt())
                .as(plan.toString())
                .isEqualTo(testCase.keys() * testCase.cells());
        assertThat(of("cell_row", plan)).as(plan.toString()).singleElement().satisfies(rows -> {
            assertThat(rows.get("Node Type").asString()).isIn("Index Scan", "Bitmap Heap Scan");
            assertThat(rows.get("Actual Loops").asInt()).isEqualTo(testCase.cells());
            assertThat(rows.get("Actual Rows").asInt()).isEqualTo(testCase.keys());
            assertThat(rows.path("Rows Removed by Filter").asInt(0)).isZero();
        });
        assertIndexed(plan, "experiment_cell");
    }

    /** Predictions of other statistics lie between the requested predictions. */
    @ParameterizedTest
    @MethodSource("cases")
    void readsPredictionsOnce(PlanCase testCase) {
        List<RowKey> keys = new ArrayList<>();
        testCase.page(jdbc).passTo((_, key, _) -> keys.add(key));
        List<KeyRange> ranges = testCase.sources().stream()
                .map(source -> new KeyRange(source, keys.getFirst(), keys.getLast()))
                .toList();

        List<JsonNode> plan = plan(RowsQuery.predictions(ranges, testCase.query()));

        assertThat(of("prediction", plan))
                .as(plan.toString())
                .singleElement()
                .satisfies(rows -> assertThat(rows.get("Actual Loops").asInt())
                        .isEqualTo(testCase.sources().size()));
        assertIndexed(plan, "prediction", "experiment_cell", "cell");
    }

    /** Predictions that the experiment did not request lie between the requested predictions. */
    @ParameterizedTest
    @MethodSource("cases")
    void assignsPredictionToEachRow(PlanCase testCase) {
        List<Double> predictions = new ArrayList<>();
        testCase.page(jdbc)
                .passTo((_, _, row) -> predictions.add(row.predictions().paper()));

        assertThat(predictions).hasSize(testCase.merged()).containsOnly(0.5);
    }

    private List<JsonNode> plan(RowsQuery query) {
        String plan = jdbc.sql("explain (analyze, costs off, format json) " + query.sql())
                .params(query.parameters())
                .query(String.class)
                .single();
        List<JsonNode> nodes = new ArrayList<>();
        collect(new JsonMapper().readTree(plan).get(0).get("Plan"), nodes);
        return nodes;
    }

    private static void assertIndexed(List<JsonNode> plan, String... tables) {
        assertThat(Stream.of(tables).flatMap(table -> of(table, plan).stream()))
                .as(plan.toString())
                .hasSizeGreaterThanOrEqualTo(tables.length)
                .allSatisfy(node -> assertThat(node.get("Node Type").asString()).isNotEqualTo("Seq Scan"));
    }

    private static void collect(JsonNode plan, List<JsonNode> nodes) {
        nodes.add(plan);
        if (plan.has("Plans")) {
            plan.get("Plans").forEach(child -> collect(child, nodes));
        }
    }

    private static List<JsonNode> of(String table, List<JsonNode> nodes) {
        return nodes.stream()
                .filter(node -> node.has("Relation Name")
                        && node.get("Relation Name").asString().equals(table))
                .toList();
    }
}
