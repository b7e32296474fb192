package org.shatterlab.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.JavaProcess;
import org.shatterlab.service.support.BrokenGpuService;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests the state of cells whose computation ends early, for each cause. */
class WorkersIT {

    private static final String WORKERS = "/api/v1/workers";

    /** An experiment with one cell, which takes about a minute on one core. */
    private static final String LONG = """
            {"networks": [{"family": "feedforward", "width": 1000}], "depths": [400], "runs": 5, "seed": %d,
             "statistics": ["gradient-variance"], "inputs": {"type": "grid", "points": 256}}""";

    /** An experiment with one cell, which takes milliseconds. */
    private static final String SHORT = """
            {"networks": [{"family": "feedforward", "width": 8}], "depths": [2], "runs": 5, "seed": %d,
             "statistics": ["gradient-variance"], "inputs": {"type": "grid", "points": 16}}""";

    @Test
    void cancelFreesWorkerWithinSeconds(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.worker.threads=1")) {
            service.run(String.format(Locale.ROOT, SHORT, 1));
            JsonNode experiment = submit(service, String.format(Locale.ROOT, LONG, 1));
            await(() -> service.count("cell where state = 'RUNNING'") == 1);
            Instant start = Instant.now();
            String self = experiment.get("links").get("self").asString();
            assertThat(service.call("POST", self + "/cancel", "").statusCode()).isEqualTo(202);
            assertThat(service.await(experiment).get("state").asString()).isEqualTo("CANCELLED");
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(3));
            assertThat(service.count("cell where state = 'PLANNED' and attempts = 0"))
                    .isEqualTo(1);
            service.run(String.format(Locale.ROOT, SHORT, 2));
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void cancelKeepsCellOfOtherExperiment(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.worker.threads=1")) {
            JsonNode cancelled = submit(service, String.format(Locale.ROOT, LONG, 1));
            JsonNode other = submit(service, String.format(Locale.ROOT, LONG, 1));
            await(() -> service.count("cell where state = 'RUNNING'") == 1);
            String self = cancelled.get("links").get("self").asString();
            assertThat(service.call("POST", self + "/cancel", "").statusCode()).isEqualTo(202);
            assertThat(service.await(cancelled).get("state").asString()).isEqualTo("CANCELLED");
            pause(Duration.ofSeconds(3));
            assertThat(service.count("cell where state = 'RUNNING' and fence = 1"))
                    .isEqualTo(1);
            self = other.get("links").get("self").asString();
            assertThat(service.call("POST", self + "/cancel", "").statusCode()).isEqualTo(202);
            assertThat(service.await(other).get("state").asString()).isEqualTo("CANCELLED");
        }
    }

    @Test
    void stoppedWorkerReturnsItsCells(@TempDir Path data) {
        Instant closing;
        try (Service service = Service.start(data, "--shatterlab.worker.threads=1", "--shatterlab.worker.grace=1s")) {
            submit(service, String.format(Locale.ROOT, LONG, 1));
            await(() -> service.count("cell where state = 'RUNNING'") == 1);
            closing = Instant.now();
        }
        assertThat(Duration.between(closing, Instant.now())).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            assertThat(service.count("cell where state = 'QUEUED' and attempts = 0 and vanished = 0 and fence = 1"))
                    .isEqualTo(1);
            assertThat(service.count("scheduled_tasks where task_name = 'cell' and not picked"))
                    .isEqualTo(1);
            assertThat(service.json.readTree(service.get(WORKERS).body()).get("items"))
                    .isEmpty();
        }
    }

    @Test
    void gpuFailureStopsProcess(@TempDir Path data, @TempDir Path broken) {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            submit(service, String.format(Locale.ROOT, LONG, 1));
            List<String> arguments = new ArrayList<>(service.databaseArguments());
            arguments.addAll(List.of(
                    "--server.port=0",
                    "--shatterlab.welcome=false",
                    "--shatterlab.data-dir=" + broken,
                    "--shatterlab.worker.grace=1s"));
            try (JavaProcess process = JavaProcess.start(broken.resolve("log"), BrokenGpuService.class, arguments)) {
                assertThat(process.exit()
                                .completeOnTimeout(-1, 3, TimeUnit.MINUTES)
                                .join())
                        .as("%s", process.output())
                        .isEqualTo(1);
                assertThat(process.output()).containsOnlyOnce("ERROR").contains("A GPU failed");
            }
            assertThat(service.count("cell where state = 'QUEUED' and attempts = 0 and vanished = 0 and fence = 1"))
                    .isEqualTo(1);
            assertThat(service.count("scheduled_tasks where task_name = 'cell' and not picked"))
                    .isEqualTo(1);
        }
    }

    @Test
    void finishesShortCellWithinGrace(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            submit(service, String.format(Locale.ROOT, SHORT, 1));
        }
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            assertThat(service.count("cell where fence = 0 or state = 'DONE'")).isEqualTo(1);
            assertThat(service.count("cell where attempts > 0 or vanished > 0")).isZero();
        }
    }

    @Test
    void computesShortCellsInOneTransaction(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            IntStream.range(0, 5).forEach(seed -> submit(service, String.format(Locale.ROOT, SHORT, seed)));
        }
        try (Service service = Service.start(data, "--shatterlab.worker.threads=1")) {
            await(() -> service.count("cell where state = 'DONE' and fence = 1") == 5);
            // The batch may be incomplete, because a slow first cell of a process ends the transaction.
            assertThat(service.queryStrings("select distinct xmin::text from cell"))
                    .hasSizeLessThan(5);
        }
    }

    @Test
    void retriesFailedCellUpToLimit(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            submit(service, String.format(Locale.ROOT, SHORT, 1));
            service.execute("update cell set spec = '{\"broken\": true}'");
        }
        try (Service service = Service.start(data, "--shatterlab.worker.attempts=2")) {
            await(() -> service.count("experiment where state = 'FAILED'") == 1);
            assertThat(service.count("cell where state = 'FAILED' and attempts = 2 and fence = 2"))
                    .isEqualTo(1);
            assertThat(service.count("experiment where failure like '%in 2 attempts%'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void failsCellAfterManyVanishedWorkers(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            submit(service, String.format(Locale.ROOT, SHORT, 1));
            submit(service, String.format(Locale.ROOT, SHORT, 2));
            service.execute("update cell set state = 'RUNNING', vanished = 20 - (spec->>'seed')::integer % 2");
        }
        try (Service service = Service.start(data)) {
            await(() -> service.count("experiment where finished_at is not null") == 2);
            assertThat(service.count("experiment where state = 'FAILED' and failure like '%21 workers vanished%'"))
                    .isEqualTo(1);
            assertThat(service.count("cell where state = 'DONE' and vanished = 20"))
                    .isEqualTo(1);
        }
    }

    @Test
    void leasesSmallCellAfterLostWorker(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            submit(service, String.format(Locale.ROOT, SHORT, 1));
            submit(service, String.format(Locale.ROOT, SHORT, 2));
            // The worker vanished in the transaction of a batch, which left no other trace.
            service.execute("""
                    update scheduled_tasks set picked = true, picked_by = 'gone', last_heartbeat = now() - interval '1 minute'
                    where task_name = 'cell'""");
        }
        try (Service service = Service.start(data)) {
            await(() -> service.count("cell where state = 'DONE'") == 2);
            // A batch would write the execution in the transaction that ends the cell, so no loss could be counted.
            assertThat(service.count("cell c join cell_execution x using (fingerprint) where x.xmin <> c.xmin"))
                    .isEqualTo(2);
        }
    }

    @Test
    void listsWorkersWithTheirCells(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.worker.threads=1")) {
            JsonNode experiment = submit(service, String.format(Locale.ROOT, LONG, 1));
            await(() -> service.count("cell where state = 'RUNNING'") == 1);
            JsonNode worker = singleWorker(service);
            assertThat(worker.get("state").asString()).isEqualTo("ACTIVE");
            assertThat(worker.get("threads").asInt()).isEqualTo(1);
            assertThat(worker.get("memoryBytes").asLong()).isPositive();
            assertThat(worker.get("engine").asString()).startsWith("pytorch-");
            JsonNode cell = worker.get("currentCells").get(0);
            assertThat(cell.get("experiments").get(0)).isEqualTo(experiment.get("id"));
            Instant heartbeat = Instant.parse(worker.get("lastHeartbeat").asString());
            await(() -> Instant.parse(singleWorker(service).get("lastHeartbeat").asString())
                    .isAfter(heartbeat));
        }
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            service.execute("""
                    insert into worker (name, node, device, engine, threads, memory_bytes, heartbeat_at)
                    values ('gone', 'n', 'cpu', 'e', 1, 1, now() - interval '20 seconds')""");
            assertThat(StreamSupport.stream(
                            service.json
                                    .readTree(service.get(WORKERS).body())
                                    .get("items")
                                    .spliterator(),
                            false))
                    .anySatisfy(worker -> {
                        assertThat(worker.get("name").asString()).isEqualTo("gone");
                        assertThat(worker.get("state").asString()).isEqualTo("LOST");
                    });
        }
    }

    private static JsonNode singleWorker(Service service) {
        JsonNode items = service.json.readTree(service.get(WORKERS).body()).get("items");
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    private static JsonNode submit(Service service, String body) {
        HttpResponse<String> accepted = service.submit(body);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return service.json.readTree(accepted.body());
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
