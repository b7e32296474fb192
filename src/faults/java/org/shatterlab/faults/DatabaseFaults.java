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

/** While the database is away the service says so, and goes on by itself when it is back. */
@ExtendWith(FaultSuite.class)
class DatabaseFaults {

    private static final Duration LENGTH = Duration.ofSeconds(FaultSuite.SHORT ? 10 : 60);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration BETWEEN_PROBES = Duration.ofMillis(200);
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A request of a client.
     *
     * @param answer null where there was none
     */
    private record Probe(
            String kind,
            Instant start,
            Instant end,
            RawHttp.@Nullable Answer answer,
            @Nullable String failure) {

        boolean refused() {
            return answer != null && answer.status() == 503;
        }

        boolean refusedWell() {
            return answer != null
                    && answer.status() == 503
                    && answer.header("Retry-After")
                            .filter(value -> value.matches("\\d+"))
                            .isPresent()
                    && answer.header("Content-Type")
                            .filter("application/problem+json"::equals)
                            .isPresent();
        }

        boolean succeeded() {
            return answer != null && answer.status() < 300;
        }

        /** Whether it waited until the database was back. */
        boolean outlasted(Instant outage) {
            return succeeded() && end.isAfter(outage);
        }

        String outcome() {
            return kind + " "
                    + (answer != null ? answer.status() + (refused() && !refusedWell() ? " amiss" : "") : failure);
        }
    }

    /** A client that asks for everything in turn, on a new connection each time, whether answers come or not. */
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
                pause(BETWEEN_PROBES);
            }
        }

        private Probe probe(int number) {
            List<String> kinds = List.of("poll", "submit", "list", "results");
            String kind = kinds.get(number % kinds.size());
            Instant start = Instant.now();
            try {
                RawHttp.Answer answer = switch (kind) {
                    case "poll" -> api.get(experiment);
                    case "list" -> api.get("/api/v1/experiments?limit=5");
                    case "results" -> api.get(experiment + "/results?limit=5");
                    default -> api.post("/api/v1/experiments", """
                                    {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                                     "runs": 5, "seed": %d}""".formatted(1_000_000 + number));
                };
                return new Probe(kind, start, Instant.now(), answer, null);
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
    @DisplayName("PostgreSQL stopped in the middle of work, and started again")
    void stopped(FaultScenario trial) {
        outage(trial, trial.postgres()::stop);
    }

    @Test
    @DisplayName("PostgreSQL killed with -9 in the middle of work, and started again")
    void killed(FaultScenario trial) {
        outage(trial, trial.postgres()::kill);
    }

    /** From when the server was gone until it was told to start, and until it answered. */
    private record Outage(Instant down, Instant starting, Instant up) {

        static Outage of(FaultScenario trial, Runnable end) {
            end.run();
            Instant down = Instant.now();
            pause(LENGTH);
            Instant starting = Instant.now();
            trial.postgres().start();
            return new Outage(down, starting, Instant.now());
        }

        boolean covers(Probe probe) {
            return probe.start().isAfter(down) && probe.start().isBefore(starting);
        }
    }

    private static void outage(FaultScenario trial, Runnable end) {
        FaultWorkload work = FaultWorkload.disturbed();
        FaultWorkload.Outcome expected = trial.undisturbed(work);
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database);
        List<ServiceNode> nodes = List.of(api, trial.worker(database), trial.worker(database));
        nodes.forEach(ServiceNode::awaitReady);
        JsonNode experiment = submit(api, work.body());
        Prober prober = new Prober(api, experiment);
        Outage outage;
        try (prober) {
            await("a quarter of the cells", PATIENCE, () -> FaultScenario.done(api, experiment) >= work.cells() / 4);
            outage = Outage.of(trial, end);
            await("the end of all cells", PATIENCE, () -> live(database, work.cells()) == 0);
        }
        await("the end of what was submitted meanwhile", PATIENCE, () -> live(database, 1) == 0);
        List<Probe> probes = List.copyOf(prober.probes);
        answers(trial, probes, outage);
        trial.line(
                "processes that live on: %d of %d"
                        .formatted(nodes.stream().filter(ServiceNode::isAlive).count(), nodes.size()),
                "all",
                nodes.stream().allMatch(ServiceNode::isAlive));
        recovery(trial, database, probes, outage);
        nothingLost(trial, database, probes, work.cells());
        trial.identical(FaultWorkload.Outcome.of(api.client(), experiment), expected);
    }

    private static void answers(FaultScenario trial, List<Probe> probes, Outage outage) {
        List<Probe> away = probes.stream().filter(outage::covers).toList();
        double length = seconds(outage.down(), outage.starting());
        trial.line(
                "%d requests while it was away for %.0f s: %s".formatted(away.size(), length, outcomes(away)),
                "at least 2 each second, each 503 with Retry-After and a problem, unless it was back in time",
                away.size() >= 2 * length
                        && away.stream().allMatch(probe -> probe.refusedWell() || probe.outlasted(outage.starting())));
        List<Probe> others =
                probes.stream().filter(probe -> !outage.covers(probe)).toList();
        List<Probe> amiss = others.stream()
                .filter(probe -> !probe.succeeded() && !probe.refusedWell())
                .toList();
        trial.line(
                "%d requests before and after, answered with neither 2xx nor that: %s"
                        .formatted(others.size(), outcomes(amiss)),
                "none",
                amiss.isEmpty());
        trial.atMost(
                "the longest answer",
                probes.stream()
                        .mapToDouble(probe -> seconds(probe.start(), probe.end()))
                        .max()
                        .orElseThrow(),
                10);
    }

    private static void recovery(FaultScenario trial, SharedDatabase database, List<Probe> probes, Outage outage) {
        Instant answered = probes.stream()
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
        trial.line(
                "from database up to the next answer with success: %.1f s, to the next finished cell: %.1f s"
                        .formatted(seconds(outage.up(), answered), seconds(outage.up(), finished)),
                "by itself, within 30 s",
                seconds(outage.up(), finished) <= 30);
    }

    /** How many experiments of so many cells have not ended. */
    private static long live(SharedDatabase database, int cells) {
        return database.number("select count(*) from experiment where finished_at is null and cells = ?", cells);
    }

    private static Map<String, Long> outcomes(List<Probe> probes) {
        Map<String, Long> outcomes = new TreeMap<>();
        probes.forEach(probe -> outcomes.merge(probe.outcome(), 1L, Long::sum));
        return outcomes;
    }

    private static void nothingLost(FaultScenario trial, SharedDatabase database, List<Probe> probes, int cells) {
        List<String> accepted = new ArrayList<>();
        for (Probe probe : probes) {
            if (probe.answer() != null && probe.answer().status() == 202) {
                accepted.add(JSON.readTree(probe.answer().body()).get("id").asString());
            }
        }
        long there = database.number(
                "select count(*) from experiment where state = 'SUCCEEDED' and id = any (?::uuid[])",
                (Object) accepted.toArray(String[]::new));
        trial.line(
                "experiments accepted meanwhile that have SUCCEEDED: %d of %d".formatted(there, accepted.size()),
                "all",
                there == accepted.size());
        trial.exactly("cells of the experiment done once", database.number("""
                        select count(*) from cell c where state = 'DONE' and exists (
                          select from experiment_cell l join experiment e on e.id = l.experiment_id
                          where l.fingerprint = c.fingerprint and e.cells > 1 and e.state = 'SUCCEEDED' and l.settled)"""), cells);
    }
}
