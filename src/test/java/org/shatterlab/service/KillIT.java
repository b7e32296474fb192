package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** A service that is killed and started again on its folder finishes by itself, with the bits of an undisturbed one. */
class KillIT {

    private static final Logger LOG = LoggerFactory.getLogger(KillIT.class);
    private static final String API = "/api/v1/experiments";
    private static final int KILLS = 10;
    private static final int CELLS = 24;
    private static final long SEED = 4;
    private static final Duration PROMISED = Duration.ofSeconds(30);

    private enum Moment {
        MID_CELLS,
        SUBMISSION,
        NEXT_START
    }

    private final Random random = new Random(SEED);
    private final int port = ServiceProcess.freePort();

    /** What is left of an experiment when all is over, to the last bit. */
    private record Results(String csv, byte[] matrix) {

        static Results of(Service service, JsonNode experiment) {
            String matrix = experiment.get("links").get("self").asString() + "/matrices/resnet/8/covariance";
            return new Results(
                    service.csv(experiment),
                    service.getBytes(matrix, "application/x-npy").body());
        }
    }

    /** Always the same numbers, and always computed anew. */
    private static String experiment(int kill) {
        return """
                {"name": "kill %d", "cache": false, "runs": %d, "seed": 1,
                 "networks": [{"family": "feedforward"}, {"family": "resnet", "beta": 0.5}],
                 "depths": [8, 40], "inputs": {"type": "grid", "points": 128},
                 "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "covariance"]}""".formatted(kill, CELLS / 2 * 5);
    }

    private static JsonNode submit(Service service, int kill) {
        var accepted = service.call("POST", API, experiment(kill), "Idempotency-Key", "kill " + kill);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return service.json.readTree(accepted.body());
    }

    private static JsonNode read(Service service, JsonNode experiment) {
        return service.json.readTree(
                service.get(experiment.get("links").get("self").asString()).body());
    }

    private static int done(JsonNode experiment) {
        return experiment.get("progress").get("done").asInt();
    }

    @Test
    void finishesByItselfWheneverItIsKilled(@TempDir Path data, @TempDir Path undisturbed) {
        Results expected = undisturbed(undisturbed);
        double startTime = 0;
        ServiceProcess service = start(data);
        try {
            for (int kill = 0; kill < KILLS; kill++) {
                service.awaitReady();
                Moment moment = Moment.values()[kill % Moment.values().length];
                String told = moment == Moment.SUBMISSION ? inSubmission(service, kill) : midCells(service, kill);
                if (moment == Moment.NEXT_START) {
                    service = start(data);
                    told += inStart(service, startTime);
                }
                Instant start = Instant.now();
                service = start(data).awaitReady();
                startTime = secondsSince(start);
                JsonNode experiment = awaitEnd(service.client(), only(service.client(), kill, moment), start);
                LOG.info(
                        "Kill {} of seed {}: {}; ready {} s and finished {} s after the next start",
                        kill,
                        SEED,
                        told,
                        startTime,
                        secondsSince(start));
                Results results = Results.of(service.client(), experiment);
                assertThat(results.csv()).isEqualTo(expected.csv());
                assertThat(results.matrix()).isEqualTo(expected.matrix());
            }
        } finally {
            service.close();
        }
    }

    private static Results undisturbed(Path data) {
        try (Service service = Service.start(data)) {
            return Results.of(service, service.run(experiment(KILLS)));
        }
    }

    private ServiceProcess start(Path data) {
        return ServiceProcess.start(data, port, TestDatabase.arguments(data));
    }

    private String midCells(ServiceProcess service, int kill) {
        int until = 1 + random.nextInt(CELLS - 6);
        JsonNode experiment = submit(service.client(), kill);
        while (done(experiment) < until) {
            experiment = read(service.client(), experiment);
        }
        service.close();
        return "%d of %d cells done".formatted(done(experiment), CELLS);
    }

    private String inSubmission(ServiceProcess service, int kill) {
        int millis = random.nextInt(30);
        CompletableFuture<JsonNode> answer = CompletableFuture.supplyAsync(() -> submit(service.client(), kill));
        pause(millis);
        service.process().close();
        boolean answered = answer.handle((_, failure) -> failure == null).join();
        service.close();
        return "%d ms after a submission, %s".formatted(millis, answered ? "answered" : "not answered");
    }

    private String inStart(ServiceProcess service, double startTime) {
        int millis = (int) (1e3 * startTime * random.nextDouble());
        pause(millis);
        boolean up = service.process().output().contains("Embedded PostgreSQL");
        service.close();
        return ", then %d ms into a start, its database %s".formatted(millis, up ? "up" : "not up");
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The experiment as it was submitted; who got no answer asks again with the same key, and it is there once. */
    private static JsonNode only(Service service, int kill, Moment moment) {
        if (moment == Moment.SUBMISSION) {
            submit(service, kill);
        }
        JsonNode items = service.json
                .readTree(service.get(API + "?name=kill%20" + kill).body())
                .get("items");
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    private static JsonNode awaitEnd(Service service, JsonNode submitted, Instant start) {
        JsonNode experiment = read(service, submitted);
        while (experiment.get("finishedAt").isNull()) {
            assertThat(Instant.now()).isBefore(start.plus(PROMISED));
            Service.sleep();
            experiment = read(service, experiment);
        }
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(done(experiment)).isEqualTo(CELLS);
        return experiment;
    }

    private static double secondsSince(Instant start) {
        return Duration.between(start, Instant.now()).toMillis() / 1e3;
    }
}
