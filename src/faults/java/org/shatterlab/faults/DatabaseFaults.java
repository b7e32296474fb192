package org.shatterlab.faults;

import static org.shatterlab.faults.FaultScenario.await;
import static org.shatterlab.faults.FaultScenario.pause;
import static org.shatterlab.faults.FaultScenario.seconds;
import static org.shatterlab.faults.FaultScenario.submit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests that the service rejects requests with 503 while the database is unavailable, and resumes by itself afterwards.
 */
@ExtendWith(FaultSuite.class)
class DatabaseFaults {

    private static final Duration OUTAGE = Duration.ofSeconds(FaultSuite.SHORT ? 10 : 60);
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(200);
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A request of a client, with its response or its failure.
     *
     * @param kind kind of the request
     * @param start time at which the client sent the request
     * @param end time at which the client had the response or the failure
     * @param response response; null if the connection failed
     * @param failure reason of the failure; null if there is a response
     */
    private record Probe(
            String kind,
            Instant start,
            Instant end,
            RawHttp.@Nullable RawResponse response,
            @Nullable String failure) {

        boolean unavailable() {
            return response != null && response.status() == 503;
        }

        /** Returns whether the response is a 503 with Retry-After and a problem document. */
        boolean unavailableAsPromised() {
            return response != null
                    && response.status() == 503
                    && response.header("Retry-After")
                            .filter(value -> value.matches("\\d+"))
                            .isPresent()
                    && response.header("Content-Type")
                            .filter("application/problem+json"::equals)
                            .isPresent();
        }

        boolean succeeded() {
            return response != null && response.status() < 300;
        }

        /** Returns whether the request succeeded because it waited for the end of the outage. */
        boolean outlasted(Instant outage) {
            return succeeded() && end.isAfter(outage);
        }

        String outcome() {
            return kind + " "
                    + (response != null
                            ? response.status() + (unavailable() && !unavailableAsPromised() ? " malformed" : "")
                            : failure);
        }
    }

    /**
     * A client that sends requests of all kinds in turn, at a fixed interval. Each request has a new connection, and
     * does not wait for the previous response.
     */
    private static final class Prober implements AutoCloseable {

        final Queue<Probe> probes = new ConcurrentLinkedQueue<>();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final ServiceNode api;
        private final String experiment;

        Prober(ServiceNode api, JsonNode experiment) {
            this.api = api;
            this.experiment = experiment.get("links").get("self").asString();
            var _ = threads.submit(this::run);
        }

        private void run() {
            for (int number = 0; !stopped.get(); number++) {
                int probe = number;
                var _ = threads.submit(() -> probes.add(probe(probe)));
                pause(PROBE_INTERVAL);
            }
        }

        private Probe probe(int number) {
            List<String> kinds = List.of("poll", "submit", "list", "results");
            String kind = kinds.get(number % kinds.size());
            Instant start = Instant.now();
            try {
                RawHttp.RawResponse response = switch (kind) {
                    case "poll" -> api.get(experiment);
                    case "list" -> api.get("/api/v1/experiments?limit=5");
                    case "results" -> api.get(experiment + "/results?limit=5");
                    default -> api.post("/api/v1/experiments", String.format(Locale.ROOT, """
                                    {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                                     "runs": 5, "seed": %d}""", 1_000_000 + number));
                };
                return new Probe(kind, start, Instant.now(), response, null);
            } catch (IOException e) {
                return new Probe(kind, start, Instant.now(), null, e.toString());
            }
        }

        @Override
        public void close() {
            stopped.set(true);
            threads.close();
        }
    }

    @Test
    @DisplayName("PostgreSQL stopped during work and started again")
    void stopped(FaultScenario scenario) {
        outage(scenario, scenario.postgres()::stop);
    }

    @Test
    @DisplayName("PostgreSQL killed with -9 during work and started again")
    void killed(FaultScenario scenario) {
        outage(scenario, scenario.postgres()::kill);
    }

    /**
     * An outage of the server.
     *
     * @param down time at which the server had ended
     * @param starting time at which the test started the server again
     * @param up time at which the server accepted connections again
     */
    private record Outage(Instant down, Instant starting, Instant up) {

        static Outage of(FaultScenario scenario, Runnable end) {
            end.run();
            Instant down = Instant.now();
            pause(OUTAGE);
            Instant starting = Instant.now();
            scenario.postgres().start();
            return new Outage(down, starting, Instant.now());
        }

        boolean covers(Probe probe) {
            return probe.start().isAfter(down) && probe.start().isBefore(starting);
        }
    }

    private static void outage(FaultScenario scenario, Runnable end) {
        FaultWorkload work = FaultWorkload.disturbed();
        FaultWorkload.ResultSnapshot expected = scenario.undisturbed(work);
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.api(database);
        List<ServiceNode> nodes = List.of(api, scenario.worker(database), scenario.worker(database));
        nodes.forEach(ServiceNode::awaitReady);
        JsonNode experiment = submit(api, work.body());
        Prober prober = new Prober(api, experiment);
        Outage outage;
        try (prober) {
            await("a quarter of the cells", TIMEOUT, () -> FaultScenario.done(api, experiment) >= work.cells() / 4);
            outage = Outage.of(scenario, end);
            await("the end of all cells", TIMEOUT, () -> unfinished(database, work.cells()) == 0);
        }
        await("the end of the experiments that the probes submitted", TIMEOUT, () -> unfinished(database, 1) == 0);
        List<Probe> probes = List.copyOf(prober.probes);
        reportResponses(scenario, probes, outage);
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "processes that are still alive: %d of %d",
                        nodes.stream().filter(ServiceNode::isAlive).count(),
                        nodes.size()),
                "all",
                nodes.stream().allMatch(ServiceNode::isAlive));
        reportRecovery(scenario, database, probes, outage);
        reportLosses(scenario, database, probes, work.cells());
        scenario.reportIdentical(FaultWorkload.ResultSnapshot.of(api.client(), experiment), expected);
    }

    private static void reportResponses(FaultScenario scenario, List<Probe> probes, Outage outage) {
        List<Probe> duringOutage = probes.stream().filter(outage::covers).toList();
        double length = seconds(outage.down(), outage.starting());
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "%d requests during the outage of %.0f s: %s",
                        duringOutage.size(),
                        length,
                        outcomes(duringOutage)),
                "at least 2 per second; each 503 with Retry-After and a problem, or a success after the outage",
                duringOutage.size() >= 2 * length
                        && duringOutage.stream()
                                .allMatch(
                                        probe -> probe.unavailableAsPromised() || probe.outlasted(outage.starting())));
        List<Probe> others =
                probes.stream().filter(probe -> !outage.covers(probe)).toList();
        List<Probe> unexpected = others.stream()
                .filter(probe -> !probe.succeeded() && !probe.unavailableAsPromised())
                .toList();
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "%d requests before and after the outage; neither 2xx nor such a 503: %s",
                        others.size(),
                        outcomes(unexpected)),
                "none",
                unexpected.isEmpty());
        scenario.reportAtMost(
                "longest response time",
                probes.stream()
                        .mapToDouble(probe -> seconds(probe.start(), probe.end()))
                        .max()
                        .orElseThrow(),
                10);
    }

    private static void reportRecovery(
            FaultScenario scenario, SharedDatabase database, List<Probe> probes, Outage outage) {
        Instant firstSuccess = probes.stream()
                .filter(Probe::succeeded)
                .map(Probe::end)
                .filter(time -> time.isAfter(outage.up()))
                .min(Instant::compareTo)
                .orElseThrow();
        Instant finished = database.sql(
                        "select min(finished_at) from cell where finished_at > ?::timestamptz",
                        outage.starting().toString())
                .query((row, _) -> row.getTimestamp(1).toInstant())
                .single();
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "time from the start of the database to the next success: %.1f s, to the next finished cell: %.1f s",
                        seconds(outage.up(), firstSuccess),
                        seconds(outage.up(), finished)),
                "at most 30 s, without help",
                seconds(outage.up(), finished) <= 30);
    }

    /** Counts the unfinished experiments with this number of cells. */
    private static long unfinished(SharedDatabase database, int cells) {
        return database.number("select count(*) from experiment where finished_at is null and cells = ?", cells);
    }

    private static Map<String, Long> outcomes(List<Probe> probes) {
        Map<String, Long> outcomes = new TreeMap<>();
        probes.forEach(probe -> outcomes.merge(probe.outcome(), 1L, Long::sum));
        return outcomes;
    }

    private static void reportLosses(FaultScenario scenario, SharedDatabase database, List<Probe> probes, int cells) {
        List<String> accepted = new ArrayList<>();
        for (Probe probe : probes) {
            if (probe.response() != null && probe.response().status() == 202) {
                accepted.add(JSON.readTree(probe.response().body()).get("id").asString());
            }
        }
        long succeeded = database.number(
                "select count(*) from experiment where state = 'SUCCEEDED' and id = any (?::uuid[])",
                (Object) accepted.toArray(String[]::new));
        scenario.report(
                String.format(
                        Locale.ROOT, "experiments of the probes that SUCCEEDED: %d of %d", succeeded, accepted.size()),
                "all",
                succeeded == accepted.size());
        scenario.reportCount("cells of the experiment that are done", database.number("""
                        select count(*) from cell c where state = 'DONE' and exists (
                          select from experiment_cell l join experiment e on e.id = l.experiment_id
                          where l.fingerprint = c.fingerprint and e.cells > 1 and e.state = 'SUCCEEDED' and l.settled)"""), cells);
    }
}
