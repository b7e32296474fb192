package org.shatterlab.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Tests that one request cancels many experiments while workers compute their cells. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BulkCancelIT {

    private static final Logger log = LoggerFactory.getLogger(BulkCancelIT.class);
    private static final String API = "/api/v1/experiments";

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data, "--shatterlab.worker.threads=2");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private JsonNode cancel(String query) {
        HttpResponse<String> response = service.call("POST", API + "/cancel?" + query, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return service.json.readTree(response.body());
    }

    /** Submits experiments of twenty cells each. Two experiments share the same cells. */
    private List<String> submit(String name, int count) throws Exception {
        List<Callable<String>> submissions = IntStream.range(0, count)
                .<Callable<String>>mapToObj(i -> () -> {
                    HttpResponse<String> response = service.submit(String.format(Locale.ROOT, """
                            {"name": "%s", "networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                             "statistics": ["gradient-variance"], "runs": 100, "seed": %d}""", name, i / 2));
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
                    return service.json.readTree(response.body()).get("id").asString();
                })
                .toList();
        List<String> ids = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(6)) {
            for (Future<String> id : executor.invokeAll(submissions)) {
                ids.add(id.get());
            }
        }
        return ids;
    }

    @Test
    void cancelsManyRunningExperiments() throws Exception {
        Set<String> ids = new HashSet<>(submit("many", 500));
        submit("other", 2);
        Instant start = Instant.now();
        Set<String> cancelled = new HashSet<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
            List<Callable<JsonNode>> calls = List.of(
                    () -> cancel("name=MANY&state=QUEUED"),
                    () -> cancel("name=many&createdAfter=2026-01-01T00:00:00Z"),
                    () -> cancel("name=many"));
            for (Future<JsonNode> call : executor.invokeAll(calls)) {
                JsonNode answer = call.get();
                assertThat(answer.get("items")).hasSize(answer.get("cancelled").asInt());
                assertThat(answer.get("cancelled").asInt())
                        .isLessThanOrEqualTo(answer.get("matched").asInt());
                answer.get("items")
                        .forEach(id -> assertThat(cancelled.add(id.asString()))
                                .as("cancelled by exactly one request")
                                .isTrue());
            }
        }
        log.info("Cancelled {} experiments in {}", cancelled.size(), Duration.between(start, Instant.now()));
        assertThat(ids).containsAll(cancelled);
        assertThat(service.count("experiment where name = 'many' and state in ('QUEUED', 'RUNNING')"))
                .isZero();
        assertThat(cancelled).hasSizeGreaterThan(100);
        Instant deadline = Instant.now().plusSeconds(60);
        // The queue deletes the task of a cell shortly after the cell ends.
        while (service.count("experiment where state in ('QUEUED', 'RUNNING', 'CANCELLING')") > 0
                || service.count("scheduled_tasks where task_name = 'cell'") > 0) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
        assertThat(service.count("experiment where state = 'CANCELLED'")).isEqualTo(cancelled.size());
        assertThat(service.count("experiment where name = 'other' and state = 'SUCCEEDED'"))
                .isEqualTo(2);
        assertThat(service.count("cell where state in ('QUEUED', 'RUNNING')")).isZero();
        assertThat(cancel("name=many").get("matched").asInt()).isZero();
    }

    @Test
    void rejectsInvalidFilters() {
        for (String query : List.of("", "state=SUCCEEDED", "limit=5&name=many", "name=")) {
            assertThat(service.call("POST", API + "/cancel?" + query, "").statusCode())
                    .as(query)
                    .isEqualTo(422);
        }
    }
}
