package org.shatterlab.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.faults.FaultScenario.await;
import static org.shatterlab.faults.FaultScenario.pause;
import static org.shatterlab.faults.FaultScenario.seconds;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/** Tests that a killed service resumes on its data folder, and finishes with the bits of an undisturbed service. */
@ExtendWith(FaultSuite.class)
class ServiceFaults {

    private static final String API = "/api/v1/experiments";
    private static final int KILLS = FaultSuite.SHORT ? 3 : 10;
    private static final int CELLS = 24;
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /** The moment of a kill. */
    private enum KillMoment {
        DURING_CELLS,
        DURING_SUBMISSION,
        DURING_NEXT_START
    }

    /**
     * Returns a specification whose results are the same for each kill. The service computes them anew because caching
     * is off.
     */
    private static String experiment(int kill) {
        return String.format(Locale.ROOT, """
                {"name": "kill %d", "cache": false, "runs": %d, "seed": 1,
                 "networks": [{"family": "feedforward"}, {"family": "resnet", "beta": 0.5}],
                 "depths": [8, 40], "inputs": {"type": "grid", "points": 128},
                 "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "covariance"]}""", kill, CELLS / 2 * 5);
    }

    private static JsonNode submit(Service service, int kill) {
        HttpResponse<String> accepted = service.call("POST", API, experiment(kill), "Idempotency-Key", "kill " + kill);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return service.json.readTree(accepted.body());
    }

    @Test
    @DisplayName("a service with its embedded database killed with -9 and started again on its data folder")
    void resumesAfterKill(FaultScenario scenario) {
        int port = ServiceNode.freePort();
        FaultWorkload.ResultSnapshot expected = undisturbed(scenario, port);
        double startTime = 0;
        double longest = 0;
        int same = 0;
        ServiceNode service = scenario.service("killed", port);
        for (int kill = 0; kill < KILLS; kill++) {
            service.awaitReady();
            KillMoment moment = KillMoment.values()[kill % KillMoment.values().length];
            if (moment == KillMoment.DURING_SUBMISSION) {
                killDuringSubmission(scenario, service, kill);
            } else {
                killDuringCells(scenario, service, kill);
            }
            if (moment == KillMoment.DURING_NEXT_START) {
                service = scenario.service("killed", port);
                killDuringStart(scenario, service, startTime);
            }
            Instant start = Instant.now();
            service = scenario.service("killed", port).awaitReady();
            startTime = seconds(start, Instant.now());
            JsonNode experiment = awaitEnd(service, findOnly(service, kill, moment));
            longest = Math.max(longest, seconds(start, Instant.now()));
            same += FaultWorkload.ResultSnapshot.of(service.client(), experiment)
                            .equals(expected)
                    ? 1
                    : 0;
        }
        scenario.reportCount("experiments with the bits of an undisturbed service", same, KILLS);
        scenario.reportAtMost("longest time from the next start to the end of the resumed experiment", longest, 30);
    }

    private static FaultWorkload.ResultSnapshot undisturbed(FaultScenario scenario, int port) {
        ServiceNode service = scenario.service("undisturbed", port).awaitReady();
        FaultWorkload.ResultSnapshot outcome = FaultWorkload.ResultSnapshot.of(
                service.client(), service.client().run(experiment(KILLS)));
        service.signal("TERM");
        service.awaitExit(TIMEOUT);
        return outcome;
    }

    private static void killDuringCells(FaultScenario scenario, ServiceNode service, int kill) {
        int finished = 1 + scenario.random.nextInt(CELLS - 6);
        JsonNode experiment = submit(service.client(), kill);
        await(finished + " finished cells", TIMEOUT, () -> FaultScenario.done(service, experiment) >= finished);
        service.close();
    }

    private static void killDuringSubmission(FaultScenario scenario, ServiceNode service, int kill) {
        int millis = scenario.random.nextInt(30);
        CompletableFuture<JsonNode> response = CompletableFuture.supplyAsync(() -> submit(service.client(), kill));
        pause(Duration.ofMillis(millis));
        service.process().close();
        // The kill may come before or after the response. The test submits the experiment again in both cases.
        response.handle((_, _) -> null).join();
        service.close();
    }

    private static void killDuringStart(FaultScenario scenario, ServiceNode service, double startTime) {
        pause(Duration.ofMillis((long) (1e3 * startTime * scenario.random.nextDouble())));
        service.close();
    }

    /**
     * Finds the experiment of a kill, and requires that the service has stored the experiment exactly once. After a
     * kill during the submission, the client submits the experiment again with the same idempotency key.
     */
    private static JsonNode findOnly(ServiceNode service, int kill, KillMoment moment) {
        if (moment == KillMoment.DURING_SUBMISSION) {
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
        await("the end of all cells", TIMEOUT, () -> FaultScenario.ended(service, submitted));
        JsonNode experiment = FaultScenario.read(service, submitted);
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(FaultScenario.done(service, submitted)).isEqualTo(CELLS);
        return experiment;
    }
}
