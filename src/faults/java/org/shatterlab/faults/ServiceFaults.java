package org.shatterlab.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.faults.FaultScenario.await;
import static org.shatterlab.faults.FaultScenario.pause;
import static org.shatterlab.faults.FaultScenario.seconds;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/** A service that is killed and started again on its folder finishes by itself, with the bits of an undisturbed one. */
@ExtendWith(FaultSuite.class)
class ServiceFaults {

    private static final String API = "/api/v1/experiments";
    private static final int KILLS = FaultSuite.SHORT ? 3 : 10;
    private static final int CELLS = 24;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private enum Moment {
        MID_CELLS,
        SUBMISSION,
        NEXT_START
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

    @Test
    @DisplayName("a service with its embedded database killed with -9, and started again on its folder")
    void killed(FaultScenario trial) {
        int port = ServiceNode.freePort();
        FaultWorkload.Outcome expected = undisturbed(trial, port);
        double startTime = 0;
        double longest = 0;
        int same = 0;
        ServiceNode service = trial.service("killed", port);
        for (int kill = 0; kill < KILLS; kill++) {
            service.awaitReady();
            Moment moment = Moment.values()[kill % Moment.values().length];
            if (moment == Moment.SUBMISSION) {
                inSubmission(trial, service, kill);
            } else {
                midCells(trial, service, kill);
            }
            if (moment == Moment.NEXT_START) {
                service = trial.service("killed", port);
                inStart(trial, service, startTime);
            }
            Instant start = Instant.now();
            service = trial.service("killed", port).awaitReady();
            startTime = seconds(start, Instant.now());
            JsonNode experiment = awaitEnd(service, only(service, kill, moment));
            longest = Math.max(longest, seconds(start, Instant.now()));
            same += FaultWorkload.Outcome.of(service.client(), experiment).equals(expected) ? 1 : 0;
        }
        trial.exactly("experiments with the bits of one in an undisturbed service", same, KILLS);
        trial.atMost("longest time from the next start to the end of what went on", longest, 30);
    }

    private static FaultWorkload.Outcome undisturbed(FaultScenario trial, int port) {
        ServiceNode service = trial.service("undisturbed", port).awaitReady();
        FaultWorkload.Outcome outcome =
                FaultWorkload.Outcome.of(service.client(), service.client().run(experiment(KILLS)));
        service.signal("TERM");
        service.awaitExit(PATIENCE);
        return outcome;
    }

    private static void midCells(FaultScenario trial, ServiceNode service, int kill) {
        int until = 1 + trial.random.nextInt(CELLS - 6);
        JsonNode experiment = submit(service.client(), kill);
        await(until + " cells", PATIENCE, () -> FaultScenario.done(service, experiment) >= until);
        service.close();
    }

    private static void inSubmission(FaultScenario trial, ServiceNode service, int kill) {
        int millis = trial.random.nextInt(30);
        CompletableFuture<JsonNode> answer = CompletableFuture.supplyAsync(() -> submit(service.client(), kill));
        pause(Duration.ofMillis(millis));
        service.process().close();
        // Answered or not, it is asked for again.
        answer.handle((_, _) -> null).join();
        service.close();
    }

    private static void inStart(FaultScenario trial, ServiceNode service, double startTime) {
        pause(Duration.ofMillis((long) (1e3 * startTime * trial.random.nextDouble())));
        service.close();
    }

    /** The experiment as it was submitted; who got no answer asks again with the same key, and it is there once. */
    private static JsonNode only(ServiceNode service, int kill, Moment moment) {
        if (moment == Moment.SUBMISSION) {
            submit(service.client(), kill);
        }
        JsonNode items = service.client()
                .json
                .readTree(service.client().get(API + "?name=kill%20" + kill).body())
                .get("items");
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    private static JsonNode awaitEnd(ServiceNode service, JsonNode submitted) {
        await("the end of all cells", PATIENCE, () -> FaultScenario.ended(service, submitted));
        JsonNode experiment = FaultScenario.read(service, submitted);
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(FaultScenario.done(service, submitted)).isEqualTo(CELLS);
        return experiment;
    }
}
