package org.shatterlab.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.lab.Lab;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests that each cell is computed once for all experiments and that every worker computes the same bits. */
class OrchestrationIT {

    private static final String SPEC = """
            {"networks": [{"family": "feedforward", "width": 60, "normalization": "mean-centering"},
                          {"family": "resnet", "width": 60, "normalization": "batch-norm", "beta": 0.5},
                          {"family": "highway", "width": 60, "gamma2": "1/sqrt(depth)"},
                          {"family": "brown-noise"}],
             "depths": [3, 7], "inputs": {"type": "grid", "points": 48},
             "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation",
                            "gradient", "outer-product", "covariance", "correlation"],
             "runs": %d, "seed": %d}""";

    @Test
    void workerCountDoesNotChangeBits(@TempDir Path first, @TempDir Path second) {
        try (Service one = Service.start(first, "--shatterlab.worker.threads=1");
                Service two = Service.start(second, "--shatterlab.worker.threads=2")) {
            JsonNode left = one.run(String.format(Locale.ROOT, SPEC, 40, 9));
            JsonNode right = two.run(String.format(Locale.ROOT, SPEC, 40, 9));
            assertThat(left.get("progress").get("cached").asInt()).isZero();
            assertThat(right.get("progress").get("cached").asInt()).isZero();
            assertThat(two.csv(right)).isEqualTo(one.csv(left)).hasLineCount(1 + 3 * 2 * 18 + 18);
            for (String path : new String[] {
                "/series/feedforward/7",
                "/matrices/resnet/3/covariance",
                "/matrices/highway/7/correlation",
                "/matrices/brown-noise/0/outer-product"
            }) {
                assertThat(two.get(self(right) + path).body())
                        .isEqualTo(one.get(self(left) + path).body())
                        .contains("[");
            }
        }
    }

    @Test
    void reusesComputedCells(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            JsonNode twenty = service.run(String.format(Locale.ROOT, SPEC, 20, 1));
            assertThat(progress(twenty, "cells")).isEqualTo(4 * 4);
            assertThat(progress(twenty, "cached")).isZero();

            JsonNode forty = service.run(String.format(Locale.ROOT, SPEC, 40, 1));
            assertThat(progress(forty, "cells")).isEqualTo(4 * 8);
            assertThat(progress(forty, "cached")).isEqualTo(4 * 4);
            assertThat(service.rows(forty, "statistic=gradient-variance"))
                    .hasSize(7)
                    .allSatisfy(row -> assertThat(row.get("runs").asInt()).isEqualTo(40));

            JsonNode again = service.run(String.format(Locale.ROOT, SPEC, 40, 1));
            assertThat(progress(again, "cached")).isEqualTo(4 * 8);
            assertThat(service.csv(again)).isEqualTo(service.csv(forty));

            JsonNode anew =
                    service.run(String.format(Locale.ROOT, SPEC, 40, 1).replaceFirst("\\{", "{\"cache\": false, "));
            assertThat(progress(anew, "cached")).isZero();
            assertThat(service.csv(anew)).isEqualTo(service.csv(forty));
        }
    }

    @Test
    void overflowFailsOnlyItsCell(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            String spec = """
                    {"networks": [{"label": "exploding", "family": "resnet", "width": 200, "depths": [300]},
                                  {"label": "tame", "family": "feedforward", "width": 50, "depths": [4]}],
                     "inputs": {"type": "grid", "points": 32}, "runs": 5, "seed": 2, "precision": "%s"}""";
            JsonNode failed = service.run(String.format(Locale.ROOT, spec, "float32"));
            assertThat(failed.get("state").asString()).isEqualTo("FAILED");
            assertThat(failed.get("failure").asString())
                    .startsWith("exploding: ")
                    .contains("layer 300", "float32", "\"precision\": \"float64\"");
            assertThat(progress(failed, "done")).isEqualTo(1);
            assertThat(progress(failed, "failed")).isEqualTo(1);
            assertThat(service.rows(failed, "network=tame")).hasSize(18);

            JsonNode exact = service.run(String.format(Locale.ROOT, spec, "float64"));
            assertThat(exact.get("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(service.rows(exact, "network=exploding&statistic=gradient-variance")
                            .getFirst()
                            .get("mean")
                            .asDouble())
                    .as("2^300 of Theorem 2, within the spread of five runs of a network of this depth")
                    .isBetween(Math.pow(2, 285), Math.pow(2, 310));
        }
    }

    @Test
    void separatesApiAndWorkerRoles(@TempDir Path data) {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            assertThat(service.submit(String.format(Locale.ROOT, SPEC, 5, 1)).statusCode())
                    .isEqualTo(202);
            assertThat(service.hasBean(Lab.class)).isFalse();
        }
        try (Service service = Service.start(data, "--shatterlab.roles=worker")) {
            assertThat(service.get("/api/v1/presets").statusCode())
                    .as("a worker answers only probes")
                    .isEqualTo(401);
            await(() -> service.count("experiment where state = 'SUCCEEDED'") == 1);
        }
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }

    /**
     * The fault depends on the plan of PostgreSQL for the pick. The test switches off the plans that hide the fault.
     */
    @Test
    void picksNoMoreCellsThanWorkers(@TempDir Path data) throws InterruptedException {
        try (Service service = Service.start(data)) {
            for (String plan : List.of("hashjoin", "mergejoin", "material", "hashagg", "sort", "indexscan")) {
                service.execute("alter database " + service.database() + " set enable_" + plan + " = off");
            }
        }
        try (Service service = Service.start(data, "--shatterlab.worker.threads=2")) {
            service.submit("""
                    {"networks": [{"family": "feedforward", "width": 300}], "depths": [60], "runs": 200, "seed": 8,
                     "inputs": {"type": "grid", "points": 256}}""");
            long most = 0;
            for (int i = 0; i < 60; i++) {
                most = Math.max(most, service.count("scheduled_tasks where picked"));
                Thread.sleep(50);
            }
            // The picked tasks are the two cells and, at times, the recurring task.
            assertThat(most).isBetween(2L, 3L);
        }
    }

    private static String self(JsonNode experiment) {
        return experiment.get("links").get("self").asString();
    }

    private static int progress(JsonNode experiment, String name) {
        return experiment.get("progress").get(name).asInt();
    }
}
