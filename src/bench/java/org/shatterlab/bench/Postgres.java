package org.shatterlab.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A PostgreSQL server for the service, with the durability settings of a production server. */
record Postgres(EmbeddedPostgres server) implements AutoCloseable {

    private static final int EXPERIMENTS = 50;
    private static final int NETWORKS = 21;

    static Postgres start(Path folder) throws IOException {
        return new Postgres(EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(folder.toFile())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start());
    }

    /** Returns the arguments that start a service on this server, followed by other arguments. */
    List<String> arguments(String... others) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.datasource.url=" + server.getJdbcUrl("postgres", "postgres"),
                "--spring.datasource.username=postgres",
                "--spring.datasource.password="));
        arguments.addAll(List.of(others));
        return arguments;
    }

    /**
     * Submits experiments to a service without workers, and writes their results as workers would.
     *
     * <p>The rows of one cell are adjacent in the table, as after a worker's insert.
     *
     * @return the ids of {@value #EXPERIMENTS} experiments of 204,288 rows each
     */
    List<String> fill(RunningService service) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int seed = 0; seed < EXPERIMENTS; seed++) {
            ids.add(service.submit(body(seed)).get("id").asString());
        }
        JdbcClient sql = JdbcClient.create(server.getPostgresDatabase());
        String predicted = """
                select statistic, -1 as index
                from unnest(array['gradient-variance', 'gradient-correlation', 'spectral-exponent']) statistic""";
        sql.sql("""
                insert into cell_row
                select fingerprint, statistic, depth, index, 5, random(), random(),
                       case statistic when 'gradient-correlation' then 1 + random() end,
                       case statistic when 'gradient-correlation' then random() end,
                       case statistic when 'gradient-correlation' then random() end
                from cell, generate_series(1, 512) depth,
                     (%s union all select 'autocorrelation', lag from generate_series(0, 15) lag) s
                order by fingerprint, depth, statistic, index""".formatted(predicted)).update();
        sql.sql("""
                insert into prediction (subject, statistic, depth, index, paper, derived, infinite_width, note)
                select subject, statistic, depth, index, random(), null, random(), null
                from (select distinct subject from cell) c, generate_series(1, 512) depth, (%s) s
                order by subject, depth, statistic, index""".formatted(predicted)).update();
        sql.sql("delete from scheduled_tasks").update();
        sql.sql("update cell set state = 'DONE', finished_at = now()").update();
        sql.sql("update experiment_cell set settled = true").update();
        sql.sql("update experiment set state = 'SUCCEEDED', done = cells, started_at = now(), finished_at = now()")
                .update();
        sql.sql("vacuum analyze").update();
        return ids;
    }

    private static String body(int seed) {
        String networks = IntStream.range(0, NETWORKS)
                .mapToObj(number -> String.format(
                        Locale.ROOT,
                        "{\"label\": \"n%d\", \"family\": \"resnet\", \"width\": %d, \"normalization\": \"batch-norm\"}",
                        number,
                        100 + number))
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, """
                {"networks": [%s], "depths": {"from": 1, "to": 512, "step": 1}, "runs": 5, "seed": %d,
                 "inputs": {"type": "grid", "points": 64},
                 "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "spectral-exponent"]}""", networks, seed);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
