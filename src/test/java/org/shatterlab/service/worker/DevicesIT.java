package org.shatterlab.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.experiment.queue.CellExecutionService;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests which experiments wait for a GPU while the only real worker has a CPU. */
class DevicesIT {

    private static final String API = "/api/v1/experiments";
    private static final String CELL = """
            {"networks": [{"family": "feedforward", "width": 8}], "depths": [2], "runs": 5, "device": "%s",
             "inputs": {"type": "grid", "points": 16}, "statistics": ["gradient-variance"]}""";

    private static final String PROVENANCE = """
            {"commit": null, "labRevision": "2", "engine": "pytorch-2.7.1", "device": "gpu", "intraOpThreads": 1,
             "java": "25", "system": "Linux amd64"}""";

    private static final long LARGE = 1L << 40;

    private Service service;

    @BeforeEach
    void start(@TempDir Path data) {
        service = Service.start(data, "--shatterlab.worker.threads=1", "--shatterlab.worker.device=cpu");
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private void registerGpuWorker(long memoryBytes) throws InterruptedException {
        service.execute(String.format(Locale.ROOT, """
                insert into worker (name, node, device, engine, threads, memory_bytes, heartbeat_at)
                values ('with a GPU', 'n', 'gpu', 'e', 64, %d, now() + interval '1 hour')""", memoryBytes));
        awaitWorkerCache();
    }

    private void removeGpuWorker() throws InterruptedException {
        service.execute("delete from worker where device = 'gpu'");
        awaitWorkerCache();
    }

    /** Waits until the cached list of workers expires. The service caches the list for a second. */
    private static void awaitWorkerCache() throws InterruptedException {
        Thread.sleep(1100);
    }

    private JsonNode accepted(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return service.json.readTree(response.body());
    }

    private JsonNode submit(String device) {
        return accepted(service.submit(String.format(Locale.ROOT, CELL, device)));
    }

    private JsonNode act(JsonNode experiment, String action) {
        return accepted(service.call("POST", API + "/" + experiment.get("id").asString() + "/" + action, ""));
    }

    private static String device(JsonNode experiment) {
        return experiment.get("spec").get("device").asString();
    }

    private List<String> queuedGpuCells() {
        return service.queryStrings("select left(task_instance, 64) from scheduled_tasks where task_name = 'cell-gpu'");
    }

    @Test
    void rejectsMissingGpuWithAdvice() {
        for (String operation : List.of("", "/estimate")) {
            HttpResponse<String> response =
                    service.call("POST", API + operation, String.format(Locale.ROOT, CELL, "gpu"));
            assertThat(response.statusCode()).isEqualTo(422);
            JsonNode violation =
                    service.json.readTree(response.body()).get("violations").get(0);
            assertThat(violation.get("pointer").asString()).isEqualTo("/device");
            assertThat(violation.get("message").asString()).contains("start one, or use \"auto\" or \"cpu\"");
        }
        JsonNode onCpu = submit("auto");
        assertThat(device(onCpu)).isEqualTo("cpu");
        assertThat(service.await(onCpu).get("state").asString()).isEqualTo("SUCCEEDED");
    }

    @Test
    void computesOversizedCellsOnCpu() throws InterruptedException {
        registerGpuWorker(1);
        JsonNode onCpu = submit("auto");
        assertThat(device(onCpu)).isEqualTo("cpu");
        JsonNode ended = service.await(onCpu);
        assertThat(ended.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(ended.at("/provenance/0/computedBy/device").asString()).isEqualTo("cpu");
        HttpResponse<String> response = service.submit(String.format(Locale.ROOT, CELL, "gpu"));
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.body()).contains("the largest worker on a GPU has 0 MiB");
    }

    @Test
    void allowsDeviceDrawsOnlyOnGpu() throws InterruptedException {
        String drawn = CELL.replace("\"runs\"", "\"draws\": \"device\", \"runs\"");
        for (String device : List.of("auto", "cpu")) {
            HttpResponse<String> response = service.submit(String.format(Locale.ROOT, drawn, device));
            assertThat(response.statusCode()).isEqualTo(422);
            JsonNode violation =
                    service.json.readTree(response.body()).get("violations").get(0);
            assertThat(violation.get("pointer").asString()).isEqualTo("/draws");
            assertThat(violation.get("message").asString()).contains("must be \"host\" where a CPU computes");
        }
        registerGpuWorker(LARGE);
        assertThat(service.submit(String.format(Locale.ROOT, drawn, "cpu")).statusCode())
                .isEqualTo(422);
        JsonNode onGpu = accepted(service.submit(String.format(Locale.ROOT, drawn, "auto")));
        assertThat(onGpu.get("spec").get("draws").asString()).isEqualTo("device");
        assertThat(submit("gpu").get("spec").get("draws").asString()).isEqualTo("host");
        assertThat(queuedGpuCells()).as("different draws give different cells").hasSize(2);
    }

    @Test
    void experimentKeepsItsDevice() throws InterruptedException {
        registerGpuWorker(LARGE);
        assertThat(service.call("POST", API + "/estimate", String.format(Locale.ROOT, CELL, "gpu"))
                        .statusCode())
                .isEqualTo(200);
        JsonNode onGpu = submit("auto");
        assertThat(device(onGpu)).isEqualTo("gpu");
        JsonNode onCpu = submit("cpu");
        assertThat(service.await(onCpu).get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(service.count("cell"))
                .as("each device class has its own cells")
                .isEqualTo(2);
        assertThat(queuedGpuCells())
                .as("the worker with a CPU leaves the cell in the queue")
                .hasSize(1);

        removeGpuWorker();
        act(onGpu, "cancel");
        assertThat(queuedGpuCells()).isEmpty();
        assertThat(device(act(onGpu, "retry"))).isEqualTo("gpu");
        assertThat(queuedGpuCells()).hasSize(1);

        CellExecutionService executions = service.bean(CellExecutionService.class);
        CellLease lease =
                executions.lease(queuedGpuCells().getFirst(), "with a GPU").orElseThrow();
        assertThat(executions.complete(lease, PROVENANCE, () -> {})).isTrue();
        JsonNode ended = service.await(onGpu);
        assertThat(ended.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(ended.at("/provenance/0/computedBy/device").asString()).isEqualTo("gpu");
    }
}
