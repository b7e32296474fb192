package org.shatterlab.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.experiment.queue.CellExecutionService;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Which experiments wait for a GPU, beside a worker that has none. */
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

    private void gpuIsThere(long memoryBytes) throws InterruptedException {
        service.execute("""
                insert into worker (name, node, device, engine, threads, memory_bytes, heartbeat_at)
                values ('with a GPU', 'n', 'gpu', 'e', 64, %d, now() + interval '1 hour')""".formatted(memoryBytes));
        refreshed();
    }

    private void gpuIsGone() throws InterruptedException {
        service.execute("delete from worker where device = 'gpu'");
        refreshed();
    }

    /** What workers there are is known for a second. */
    private static void refreshed() throws InterruptedException {
        Thread.sleep(1100);
    }

    private JsonNode accepted(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return service.json.readTree(response.body());
    }

    private JsonNode submit(String device) {
        return accepted(service.submit(CELL.formatted(device)));
    }

    private JsonNode act(JsonNode experiment, String action) {
        return accepted(service.call("POST", API + "/" + experiment.get("id").asString() + "/" + action, ""));
    }

    private static String device(JsonNode experiment) {
        return experiment.get("spec").get("device").asString();
    }

    private List<String> waitingForGpus() {
        return service.texts("select left(task_instance, 64) from scheduled_tasks where task_name = 'cell-gpu'");
    }

    @Test
    void aGpuThatIsNotThereIsRefusedWithWhatToDo() {
        for (String query : List.of("", "?dryRun=true")) {
            HttpResponse<String> response = service.call("POST", API + query, CELL.formatted("gpu"));
            assertThat(response.statusCode()).isEqualTo(422);
            JsonNode violation =
                    service.json.readTree(response.body()).get("violations").get(0);
            assertThat(violation.get("pointer").asString()).isEqualTo("/device");
            assertThat(violation.get("message").asString()).contains("start one, or ask for \"auto\" or \"cpu\"");
        }
        JsonNode onCpu = submit("auto");
        assertThat(device(onCpu)).isEqualTo("cpu");
        assertThat(service.await(onCpu).get("state").asString()).isEqualTo("SUCCEEDED");
    }

    @Test
    void whatFitsIntoNoGpuIsLeftToTheCpu() throws InterruptedException {
        gpuIsThere(1);
        JsonNode onCpu = submit("auto");
        assertThat(device(onCpu)).isEqualTo("cpu");
        JsonNode ended = service.await(onCpu);
        assertThat(ended.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(ended.at("/provenance/0/computedBy/device").asString()).isEqualTo("cpu");
        HttpResponse<String> response = service.submit(CELL.formatted("gpu"));
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.body()).contains("0 MiB is what the largest worker on a GPU has");
    }

    @Test
    void aGpuMayDrawItsOwnWeightsAndACpuMayNot() throws InterruptedException {
        String drawn = CELL.replace("\"runs\"", "\"draws\": \"device\", \"runs\"");
        for (String device : List.of("auto", "cpu")) {
            HttpResponse<String> response = service.submit(drawn.formatted(device));
            assertThat(response.statusCode()).isEqualTo(422);
            JsonNode violation =
                    service.json.readTree(response.body()).get("violations").get(0);
            assertThat(violation.get("pointer").asString()).isEqualTo("/draws");
            assertThat(violation.get("message").asString()).contains("must be \"host\" where a CPU computes");
        }
        gpuIsThere(LARGE);
        assertThat(service.submit(drawn.formatted("cpu")).statusCode()).isEqualTo(422);
        JsonNode onGpu = accepted(service.submit(drawn.formatted("auto")));
        assertThat(onGpu.get("spec").get("draws").asString()).isEqualTo("device");
        assertThat(submit("gpu").get("spec").get("draws").asString()).isEqualTo("host");
        assertThat(waitingForGpus())
                .as("cells that are drawn otherwise are not the same")
                .hasSize(2);
    }

    @Test
    void anExperimentKeepsToTheDeviceThatItWasGiven() throws InterruptedException {
        gpuIsThere(LARGE);
        assertThat(service.call("POST", API + "?dryRun=true", CELL.formatted("gpu"))
                        .statusCode())
                .isEqualTo(200);
        JsonNode onGpu = submit("auto");
        assertThat(device(onGpu)).isEqualTo("gpu");
        JsonNode onCpu = submit("cpu");
        assertThat(service.await(onCpu).get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(service.count("cell"))
                .as("results of two classes are not the same")
                .isEqualTo(2);
        assertThat(waitingForGpus()).as("whatever the worker with a CPU does").hasSize(1);

        gpuIsGone();
        act(onGpu, "cancel");
        assertThat(waitingForGpus()).isEmpty();
        assertThat(device(act(onGpu, "retry"))).isEqualTo("gpu");
        assertThat(waitingForGpus()).hasSize(1);

        CellExecutionService ledger = service.bean(CellExecutionService.class);
        CellLease claim =
                ledger.lease(waitingForGpus().getFirst(), "with a GPU").orElseThrow();
        assertThat(ledger.complete(claim, PROVENANCE, () -> {})).isTrue();
        JsonNode ended = service.await(onGpu);
        assertThat(ended.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(ended.at("/provenance/0/computedBy/device").asString()).isEqualTo("gpu");
    }
}
