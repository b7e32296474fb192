package org.shatterlab.faults;

import static org.shatterlab.faults.FaultScenario.await;
import static org.shatterlab.faults.FaultScenario.done;
import static org.shatterlab.faults.FaultScenario.ended;
import static org.shatterlab.faults.FaultScenario.pause;
import static org.shatterlab.faults.FaultScenario.read;
import static org.shatterlab.faults.FaultScenario.seconds;
import static org.shatterlab.faults.FaultScenario.submit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/** Measures the throughput of the service, its latency, and the fairness between experiments. */
@ExtendWith(FaultSuite.class)
class LoadFaults {

    private static final String EXPERIMENTS = "/api/v1/experiments";
    private static final String FULL_FORM_ONLY = "The short form runs on machines of any speed.";
    private static final int CONNECTIONS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration MEASUREMENT = Duration.ofSeconds(20);
    private static final int PICK_UPS = 50;

    /** Sequential submissions before a measurement, so that the service is as warm as a service in use. */
    private static final int WARM_UP_SUBMISSIONS = 300;

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    /** Options of a Java virtual machine that runs for long, with its optimizing compiler. */
    private static final List<String> LONG_LIVED = List.of("-Xmx1g");

    @Test
    @DisplayName("an experiment of 20 cells submitted after one of 10,000")
    void smallExperimentOvertakesLargeOne(FaultScenario scenario) {
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.api(database);
        ServiceNode worker = scenario.worker(database).awaitReady();
        api.awaitReady();
        int depth = calibratedDepth(api);
        JsonNode large = submit(api, new FaultWorkload(10_000, depth, 200, 2).body());
        await("the first cells", TIMEOUT, () -> done(api, large) > 20);
        Instant start = Instant.now();
        int before = done(api, large);
        JsonNode small = submit(api, new FaultWorkload(20, depth, 200, 3).body());
        Instant end = await("the end of the small experiment", TIMEOUT, () -> ended(api, small));
        int cells = 20 + done(api, large) - before;
        double duration = seconds(start, end);
        int threads = Runtime.getRuntime().availableProcessors();
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "time to the end of the small experiment: %.2f s, with cells of %.0f ms on %d threads",
                        duration,
                        1e3 * duration * threads / cells,
                        threads),
                "at most 10 s",
                duration <= 10);
        api.client().call("POST", large.get("links").get("self").asString() + "/cancel", "");
        await("the end of the large experiment", TIMEOUT, () -> ended(api, large));
        scenario.report(
                "state of the large experiment after its cancellation: "
                        + read(api, large).get("state").asString(),
                "CANCELLED",
                read(api, large).get("state").asString().equals("CANCELLED") && worker.isAlive());
    }

    /**
     * Returns the depth at which a cell takes about 50 ms on this machine. The method scales the measured time of
     * another depth.
     */
    private static int calibratedDepth(ServiceNode api) {
        int testedDepth = 20;
        // The first experiment warms the worker up.
        api.client().run(new FaultWorkload(40, testedDepth, 200, 0).body());
        JsonNode experiment = api.client().run(new FaultWorkload(40, testedDepth, 200, 1).body());
        double millis = 1e3
                * seconds(
                        Instant.parse(experiment.get("startedAt").asString()),
                        Instant.parse(experiment.get("finishedAt").asString()))
                * Runtime.getRuntime().availableProcessors()
                / 40;
        return Math.clamp(Math.round(testedDepth * 50 / millis), 9, 200);
    }

    @Test
    @DisabledIfSystemProperty(named = "faults.short", matches = "true", disabledReason = FULL_FORM_ONLY)
    @DisplayName("load on 16 persistent connections to a process with the role api")
    void servesLoadWithoutRejections(FaultScenario scenario) throws Exception {
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.start(database, "api", LONG_LIVED).awaitReady();
        String id =
                submit(api, RequestFaults.oneCell(0)).get("links").get("self").asString();
        AtomicInteger seed = new AtomicInteger(1);
        byte[] poll = ServiceNode.request("GET", id, "");
        LoadClient.load(api.port(), CONNECTIONS, WARM_UP, 202, _ -> submission(seed));
        LoadClient.load(api.port(), CONNECTIONS, WARM_UP, 200, _ -> poll);
        reportLoad(
                scenario,
                "submissions",
                LoadClient.load(api.port(), CONNECTIONS, MEASUREMENT, 202, _ -> submission(seed)),
                300,
                150);
        reportLoad(scenario, "polls", LoadClient.load(api.port(), CONNECTIONS, MEASUREMENT, 200, _ -> poll), 2000, 25);
    }

    private static byte[] submission(AtomicInteger seed) {
        return ServiceNode.request("POST", EXPERIMENTS, RequestFaults.oneCell(seed.getAndIncrement()));
    }

    private static void reportLoad(
            FaultScenario scenario, String kind, LoadClient.Load load, double minPerSecond, double maxMillis) {
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "%s: %.0f/s, median %.1f ms, p99 %.1f ms, %d rejected (load average %.1f)",
                        kind,
                        load.perSecond(),
                        load.percentileMillis(50),
                        load.percentileMillis(99),
                        load.failures(),
                        loadAverage()),
                String.format(
                        Locale.ROOT, "at least %.0f/s, p99 below %.0f ms, none rejected", minPerSecond, maxMillis),
                load.failures() == 0 && load.perSecond() >= minPerSecond && load.percentileMillis(99) < maxMillis);
    }

    /** Returns the load average of the machine, which shows whether other programs may have disturbed a measurement. */
    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    @Test
    @DisabledIfSystemProperty(named = "faults.short", matches = "true", disabledReason = FULL_FORM_ONLY)
    @DisplayName("single cells submitted one after another to an idle service")
    void startsSubmittedCellsQuickly(FaultScenario scenario) {
        SharedDatabase database = scenario.database();
        ServiceNode both = scenario.start(database, "api,worker", LONG_LIVED).awaitReady();
        measurePickUps(scenario, both, "in the process that got the POST", 50);
        both.close();
        ServiceNode api = scenario.start(database, "api", LONG_LIVED);
        scenario.start(database, "worker", LONG_LIVED).awaitReady();
        api.awaitReady();
        measurePickUps(scenario, api, "in another process", 300);
    }

    private static void measurePickUps(FaultScenario scenario, ServiceNode api, String process, double limit) {
        for (int i = 0; i < WARM_UP_SUBMISSIONS; i++) {
            pickUpMillis(scenario, api);
        }
        double[] millis = DoubleStream.generate(() -> {
                    // The random pause spreads the submissions over the interval between two polls of the queue.
                    pause(Duration.ofMillis(100 + scenario.random.nextInt(300)));
                    return pickUpMillis(scenario, api);
                })
                .limit(PICK_UPS)
                .sorted()
                .toArray();
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "time from a POST to RUNNING %s: median %.0f ms, longest of %d: %.0f ms (load average %.1f)",
                        process,
                        millis[PICK_UPS / 2],
                        PICK_UPS,
                        millis[PICK_UPS - 1],
                        loadAverage()),
                String.format(Locale.ROOT, "median below %.0f ms", limit),
                millis[PICK_UPS / 2] < limit);
    }

    /** Submits a cell and returns the milliseconds until a poll reports that the cell is running or has finished. */
    private static double pickUpMillis(FaultScenario scenario, ServiceNode api) {
        try (LoadClient client = new LoadClient(api.port())) {
            long start = System.nanoTime();
            Matcher id = ID.matcher(client.response(ServiceNode.request(
                    "POST", EXPERIMENTS, RequestFaults.oneCell(scenario.random.nextInt(Integer.MAX_VALUE)))));
            if (!id.find()) {
                throw new IllegalStateException("The service rejected the submission.");
            }
            byte[] poll = ServiceNode.request("GET", EXPERIMENTS + "/" + id.group(1), "");
            while (client.response(poll).contains("\"state\":\"QUEUED\"")) {
                pause(Duration.ofMillis(1));
            }
            return (System.nanoTime() - start) / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
