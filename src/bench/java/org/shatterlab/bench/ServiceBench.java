package org.shatterlab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.bench.Report.Good;
import org.shatterlab.bench.RunningService.Program;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.input.DatasetFolder;
import org.springframework.util.FileSystemUtils;

/** Measures the overhead of the service around the lab. */
@ExtendWith(BenchSuite.class)
class ServiceBench {

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final Path FOLDER = Path.of("target", "bench").toAbsolutePath();
    private static final int EMPTY_CELLS = 2000;
    private static final int RUNS_PER_CELL = 5;

    /**
     * The number of repetitions before the measurement. During the warm-up, the compiler takes a part of the cores.
     */
    private static final int WARM_UP = 15;

    @BeforeAll
    static void clean() throws Exception {
        FileSystemUtils.deleteRecursively(FOLDER);
    }

    private static String figure2(int seed) {
        return String.format(Locale.ROOT, "{\"preset\": \"figure-2\", \"seed\": %d}", seed);
    }

    @Test
    @DisplayName("Figure 2 from POST to SUCCEEDED against the lab alone")
    void figure2(Report report) throws Exception {
        String name = "Figure 2 through the API";
        List<Double> times = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        Lab lab = Lab.open(Path.of("target", "djl").toAbsolutePath(), new DatasetFolder(FOLDER));
        Workload alone = Workload.of(name, "figure-2", "{}");
        try (RunningService service = RunningService.start(FOLDER.resolve("figure-2"), Program.JAR, List.of())) {
            int seed = 0;
            for (int i = 0; i < WARM_UP; i++) {
                service.run(figure2(seed++));
                alone.compute(lab, CORES);
            }
            for (int i = 0; i < Report.REPEATS; i++) {
                double labSeconds = alone.compute(lab, CORES).seconds();
                long start = System.nanoTime();
                service.run(figure2(seed++));
                double seconds = (System.nanoTime() - start) / 1e9;
                times.add(seconds);
                ratios.add((seconds - 0.15) / labSeconds);
            }
            report.figure(name, "peak resident memory", "MiB", Good.LOW, 900, List.of(service.peakResidentMemory()));
        }
        report.figure(name, "time from POST to SUCCEEDED", "s", times);
        report.ratio(name, "time minus 150 ms over time of the lab alone", Good.LOW, 1.25, ratios);
    }

    @Test
    @DisplayName("cells without computation")
    void emptyCells(Report report) throws Exception {
        List<Double> each = new ArrayList<>();
        try (RunningService service = RunningService.start(FOLDER.resolve("empty-cells"), Program.JAR, List.of())) {
            for (int seed = 0; seed < WARM_UP + Report.REPEATS; seed++) {
                long start = System.nanoTime();
                service.run(String.format(Locale.ROOT, """
                        {"networks": [{"label": "n", "family": "white-noise"}], "statistics": ["gradient-variance"],
                         "inputs": {"type": "grid", "points": 2}, "runs": %d, "seed": %d}""", EMPTY_CELLS * RUNS_PER_CELL, seed));
                if (seed >= WARM_UP) {
                    each.add((System.nanoTime() - start) / 1e6 * CORES / EMPTY_CELLS);
                }
            }
        }
        report.figure("empty cells", "time of one core per cell with queue and database", "ms", Good.LOW, 2, each);
    }

    @Test
    @DisplayName("time from process start to readiness")
    void startUp(Report report) throws Exception {
        Path folder = FOLDER.resolve("start");
        Program trained = Program.trained(FOLDER.resolve("program"));
        try (Postgres postgres = Postgres.start(FOLDER.resolve("external"))) {
            List<String> external = postgres.arguments();
            report.figure(
                    "start to ready",
                    "embedded database, jar without cache",
                    "s",
                    starts(folder, Program.JAR, List.of()));
            report.figure("start to ready", "embedded database", "s", Good.LOW, 8, starts(folder, trained, List.of()));
            report.figure(
                    "start to ready",
                    "external database, jar without cache",
                    "s",
                    starts(folder, Program.JAR, external));
            report.figure("start to ready", "external database", "s", Good.LOW, 5, starts(folder, trained, external));
        }
    }

    /**
     * Returns the seconds to readiness of each start. The first start is left out, because it creates the database and
     * unpacks the engine.
     */
    private static List<Double> starts(Path folder, Program program, List<String> arguments) throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < 1 + Report.REPEATS; i++) {
            try (RunningService service = RunningService.start(folder, program, arguments)) {
                seconds.add(service.secondsToReady());
            }
        }
        return seconds.subList(1, seconds.size());
    }

    @Test
    @DisplayName("queries over ten million rows")
    void tenMillionRows(Report report) throws Exception {
        try (Postgres postgres = Postgres.start(FOLDER.resolve("results-database"));
                RunningService service = RunningService.start(
                        FOLDER.resolve("results"),
                        Program.JAR.with("-Xmx256m"),
                        postgres.arguments("--shatterlab.roles=api"))) {
            List<String> experiments = postgres.fill(service);
            String first = "/api/v1/experiments/" + experiments.getFirst() + "/results";
            String page =
                    first + "?network=n3&depth=2..60&statistic=gradient-variance&statistic=autocorrelation&limit=100";
            String curve =
                    "/api/v1/results?network=n3&statistic=gradient-variance&depth=2,4,10,24,50&limit=1000&experiment="
                            + String.join("&experiment=", experiments);
            report.figure("10 million rows", "a filtered first page", "ms", Good.LOW, 10, millis(service, page));
            report.figure("10 million rows", "a depth curve over 50 experiments", "ms", millis(service, curve));
            List<Double> rates = new ArrayList<>();
            for (int i = 0; i < 1 + Report.REPEATS; i++) {
                long start = System.nanoTime();
                long lines =
                        service.countLines("/api/v1/results?experiment=" + String.join("&experiment=", experiments));
                assertThat(lines).isGreaterThan(10_000_000);
                rates.add(lines / ((System.nanoTime() - start) / 1e9));
            }
            report.figure(
                    "10 million rows",
                    "CSV, with a heap of 256 MiB",
                    "rows/s",
                    Good.HIGH,
                    200_000,
                    rates.subList(1, rates.size()));
        }
    }

    /** Returns the milliseconds of each repetition of a query, without a warm-up of 50 repetitions. */
    private static List<Double> millis(RunningService service, String query) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < 50 + 100 * Report.REPEATS; i++) {
            long start = System.nanoTime();
            assertThat(service.get(query).get("items").size()).isPositive();
            if (i >= 50) {
                millis.add((System.nanoTime() - start) / 1e6);
            }
        }
        return millis;
    }
}
