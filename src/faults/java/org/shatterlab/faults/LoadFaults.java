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

/** How much the service bears, and who waits for whom. */
@ExtendWith(FaultSuite.class)
class LoadFaults {

    private static final String EXPERIMENTS = "/api/v1/experiments";
    private static final String FULL = "the short form runs on machines of any speed";
    private static final int CONNECTIONS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final int PICK_UPS = 50;

    /** One after the other, as a service has seen that was not started a minute ago. */
    private static final int WARM_UPS = 300;

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    /** As a service runs that is to last. */
    private static final List<String> LONG_LIVED = List.of("-Xmx1g");

    @Test
    @DisplayName("an experiment of 20 cells submitted behind one of 10,000")
    void fairness(FaultScenario trial) {
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database);
        ServiceNode worker = trial.worker(database).awaitReady();
        api.awaitReady();
        int depth = calibrated(api);
        JsonNode large = submit(api, new FaultWorkload(10_000, depth, 200, 2).body());
        await("the first cells", PATIENCE, () -> done(api, large) > 20);
        Instant start = Instant.now();
        int before = done(api, large);
        JsonNode small = submit(api, new FaultWorkload(20, depth, 200, 3).body());
        Instant end = await("the end of the small one", PATIENCE, () -> ended(api, small));
        int cells = 20 + done(api, large) - before;
        double took = seconds(start, end);
        int threads = Runtime.getRuntime().availableProcessors();
        trial.line(
                String.format(
                        Locale.ROOT,
                        "time to its end: %.2f s, with cells of %.0f ms on %d threads",
                        took,
                        1e3 * took * threads / cells,
                        threads),
                "at most 10 s",
                took <= 10);
        api.client().call("POST", large.get("links").get("self").asString() + "/cancel", "");
        await("the end of the large one", PATIENCE, () -> ended(api, large));
        trial.line(
                "the large one after its cancellation: "
                        + read(api, large).get("state").asString(),
                "CANCELLED",
                read(api, large).get("state").asString().equals("CANCELLED") && worker.isAlive());
    }

    /** The depth at which a cell takes about 50 ms here and now, from the time of some of another depth. */
    private static int calibrated(ServiceNode api) {
        int tried = 20;
        // The first warm the worker up.
        api.client().run(new FaultWorkload(40, tried, 200, 0).body());
        JsonNode experiment = api.client().run(new FaultWorkload(40, tried, 200, 1).body());
        double millis = 1e3
                * seconds(
                        Instant.parse(experiment.get("startedAt").asString()),
                        Instant.parse(experiment.get("finishedAt").asString()))
                * Runtime.getRuntime().availableProcessors()
                / 40;
        return Math.clamp(Math.round(tried * 50 / millis), 9, 200);
    }

    @Test
    @DisabledIfSystemProperty(named = "faults.short", matches = "true", disabledReason = FULL)
    @DisplayName("load on 16 connections that are kept alive, on a process that answers only")
    void throughput(FaultScenario trial) throws Exception {
        SharedDatabase database = trial.database();
        ServiceNode api = trial.start(database, "api", LONG_LIVED).awaitReady();
        String id =
                submit(api, RequestFaults.oneCell(0)).get("links").get("self").asString();
        AtomicInteger seed = new AtomicInteger(1);
        byte[] poll = ServiceNode.request("GET", id, "");
        LoadClient.load(api.port(), CONNECTIONS, WARM_UP, 202, _ -> submission(seed));
        LoadClient.load(api.port(), CONNECTIONS, WARM_UP, 200, _ -> poll);
        report(
                trial,
                "submissions",
                LoadClient.load(api.port(), CONNECTIONS, MEASURED, 202, _ -> submission(seed)),
                300,
                150);
        report(trial, "polls", LoadClient.load(api.port(), CONNECTIONS, MEASURED, 200, _ -> poll), 2000, 25);
    }

    private static byte[] submission(AtomicInteger seed) {
        return ServiceNode.request("POST", EXPERIMENTS, RequestFaults.oneCell(seed.getAndIncrement()));
    }

    private static void report(FaultScenario trial, String what, LoadClient.Load load, double least, double longest) {
        trial.line(
                String.format(
                        Locale.ROOT,
                        "%s: %.0f/s, median %.1f ms, p99 %.1f ms, %d refused (load average %.1f)",
                        what,
                        load.perSecond(),
                        load.percentileMillis(50),
                        load.percentileMillis(99),
                        load.failures(),
                        loadAverage()),
                String.format(Locale.ROOT, "at least %.0f/s, p99 below %.0f ms, none refused", least, longest),
                load.failures() == 0 && load.perSecond() >= least && load.percentileMillis(99) < longest);
    }

    /** Of the machine, which tells whether a figure is of this service alone. */
    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    @Test
    @DisabledIfSystemProperty(named = "faults.short", matches = "true", disabledReason = FULL)
    @DisplayName("one cell at a time submitted to an idle service")
    void pickUp(FaultScenario trial) {
        SharedDatabase database = trial.database();
        ServiceNode both = trial.start(database, "api,worker", LONG_LIVED).awaitReady();
        pickUps(trial, both, "by the process that was asked", 50);
        both.close();
        ServiceNode api = trial.start(database, "api", LONG_LIVED);
        trial.start(database, "worker", LONG_LIVED).awaitReady();
        api.awaitReady();
        pickUps(trial, api, "by another process", 300);
    }

    private static void pickUps(FaultScenario trial, ServiceNode api, String whose, double limit) {
        for (int i = 0; i < WARM_UPS; i++) {
            pickUp(trial, api);
        }
        double[] millis = DoubleStream.generate(() -> {
                    // At any moment between two looks of a worker into the queue.
                    pause(Duration.ofMillis(100 + trial.random.nextInt(300)));
                    return pickUp(trial, api);
                })
                .limit(PICK_UPS)
                .sorted()
                .toArray();
        trial.line(
                String.format(
                        Locale.ROOT,
                        "from a POST to RUNNING, %s: median %.0f ms, longest of %d: %.0f ms (load average %.1f)",
                        whose,
                        millis[PICK_UPS / 2],
                        PICK_UPS,
                        millis[PICK_UPS - 1],
                        loadAverage()),
                "median below %.0f ms".formatted(limit),
                millis[PICK_UPS / 2] < limit);
    }

    /** Milliseconds from before a submission until a poll tells that its cell runs, or has run. */
    private static double pickUp(FaultScenario trial, ServiceNode api) {
        try (LoadClient client = new LoadClient(api.port())) {
            long start = System.nanoTime();
            Matcher id = ID.matcher(client.answer(ServiceNode.request(
                    "POST", EXPERIMENTS, RequestFaults.oneCell(trial.random.nextInt(Integer.MAX_VALUE)))));
            if (!id.find()) {
                throw new IllegalStateException("the submission was refused");
            }
            byte[] poll = ServiceNode.request("GET", EXPERIMENTS + "/" + id.group(1), "");
            while (client.answer(poll).contains("\"state\":\"QUEUED\"")) {
                pause(Duration.ofMillis(1));
            }
            return (System.nanoTime() - start) / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
