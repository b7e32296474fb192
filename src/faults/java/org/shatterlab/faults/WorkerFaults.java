package org.shatterlab.faults;

import static org.shatterlab.faults.FaultScenario.await;
import static org.shatterlab.faults.FaultScenario.ended;
import static org.shatterlab.faults.FaultScenario.pause;
import static org.shatterlab.faults.FaultScenario.read;
import static org.shatterlab.faults.FaultScenario.seconds;
import static org.shatterlab.faults.FaultScenario.submit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.JavaProcess;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/** What happens to workers, happens to no result. */
@ExtendWith(FaultSuite.class)
class WorkerFaults {

    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(3);
    private static final int KILLS = FaultSuite.SHORT ? 4 : 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Two cells of five seconds and more, and of ten and more. */
    private static final FaultWorkload LONG = new FaultWorkload(2, 1000, 200, FaultSuite.SEED);

    private static final FaultWorkload LONG_WORKLOAD = new FaultWorkload(2, 1000, 300, FaultSuite.SEED);

    /** A cell that a worker began and did not end, and its next start. */
    private record Lost(Instant began, Instant next) {}

    @Test
    @DisplayName("a random one of 3 workers killed with -9 every 3 s, and replaced")
    void killed(FaultScenario trial) {
        FaultWorkload work = FaultWorkload.disturbed();
        FaultWorkload.Outcome expected = trial.undisturbed(work);
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database);
        List<ServiceNode> workers = Stream.generate(() -> worker(trial, database))
                .limit(3)
                .collect(Collectors.toCollection(ArrayList::new));
        workers.forEach(ServiceNode::awaitReady);
        api.awaitReady();
        JsonNode experiment = submit(api, work.body());
        Instant start = Instant.now();
        List<Instant> kills = new ArrayList<>();
        while (kills.size() < KILLS && !ended(api, experiment)) {
            pause(BETWEEN_KILLS);
            // Where starting takes long, the last that is up is spared: no one else could take its cell.
            List<ServiceNode> up = workers.stream().filter(ServiceNode::isReady).toList();
            if (up.size() > 1) {
                ServiceNode victim = up.get(trial.random.nextInt(up.size()));
                kills.add(Instant.now());
                victim.close();
                workers.set(workers.indexOf(victim), worker(trial, database));
            }
        }
        String killed = "%d kills in %.0f s".formatted(kills.size(), seconds(start, Instant.now()));
        await("the end of all cells", PATIENCE, () -> ended(api, experiment));
        countedOnce(trial, database, read(api, experiment), work.cells());
        trial.identical(FaultWorkload.Outcome.of(api.client(), experiment), expected);
        List<Lost> lost = lost(database);
        trial.line(
                killed + ", of which lost a cell that was begun: " + lost.size(),
                KILLS + " kills, at most one cell by each, and at least one",
                kills.size() == KILLS && !lost.isEmpty() && lost.size() <= kills.size());
        pickUp(trial, longest(lost, kills));
    }

    private static List<Lost> lost(SharedDatabase database) {
        return database.sql("""
                        select a.started_at, b.started_at from cell_execution a
                        join cell_execution b on b.fingerprint = a.fingerprint and b.fence = a.fence + 1""")
                .query((row, _) -> new Lost(
                        row.getTimestamp(1).toInstant(), row.getTimestamp(2).toInstant()))
                .list();
    }

    /** Cells are much shorter than the time between two kills, so that the next kill is the one that lost a cell. */
    private static double longest(List<Lost> lost, List<Instant> kills) {
        return lost.stream()
                .mapToDouble(cell -> kills.stream()
                        .filter(kill -> !kill.isBefore(cell.began()))
                        .findFirst()
                        .map(kill -> seconds(kill, cell.next()))
                        .orElse(Double.POSITIVE_INFINITY))
                .max()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static ServiceNode worker(FaultScenario trial, SharedDatabase database, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--shatterlab.worker.threads=1"));
        arguments.addAll(List.of(more));
        return trial.worker(database, arguments.toArray(String[]::new));
    }

    private static void countedOnce(FaultScenario trial, SharedDatabase database, JsonNode experiment, int cells) {
        JsonNode progress = experiment.get("progress");
        trial.line(
                "%s, %s cells done, %s failed"
                        .formatted(experiment.get("state").asString(), progress.get("done"), progress.get("failed")),
                "SUCCEEDED, %d cells done, 0 failed".formatted(cells),
                experiment.get("state").asString().equals("SUCCEEDED")
                        && progress.get("done").asInt() == cells
                        && progress.get("failed").asInt() == 0);
        trial.exactly("cells done once, whose latest start published", database.number("""
                        select count(*) from cell c where state = 'DONE' and fence =
                          (select max(fence) from cell_execution e where e.fingerprint = c.fingerprint)
                          and exists (select from cell_row r where r.fingerprint = c.fingerprint)"""), cells);
    }

    /** A cell that a worker has begun. */
    private record Running(String fingerprint, long fence, String worker) {}

    /** Waits until a worker is in the middle of a cell, which it began a moment ago. */
    private static Running awaitRunning(SharedDatabase database) {
        AtomicReference<Running> found = new AtomicReference<>();
        await("a running cell", PATIENCE, () -> {
            Optional<Running> running = database.sql("""
                            select fingerprint, fence, worker
                            from cell join cell_execution e using (fingerprint, fence)
                            where state = 'RUNNING' and clock_timestamp() - e.started_at between '0.2 s' and '1 s' limit 1""")
                    .query((row, _) -> new Running(row.getString(1), row.getLong(2), row.getString(3)))
                    .optional();
            running.ifPresent(found::set);
            return running.isPresent();
        });
        return found.get();
    }

    /** Judged in the full form only: where the workers' starts take the cores, nobody is there to take over. */
    private static void pickUp(FaultScenario trial, double seconds) {
        String what = "longest time from a kill to the next start of its cell";
        if (FaultSuite.SHORT) {
            trial.line(String.format(Locale.ROOT, "%s: %.2f s", what, seconds), "not judged in the short form", true);
        } else {
            trial.atMost(what, seconds, 15);
        }
    }

    @Test
    @DisplayName("many short cells, shared by 4 processes")
    void shared(FaultScenario trial) {
        int cells = FaultSuite.SHORT ? 500 : 2000;
        SharedDatabase database = trial.database();
        ServiceNode api = trial.start(database, "api,worker", JavaProcess.SHORT_LIVED);
        List<ServiceNode> nodes = Stream.concat(
                        Stream.of(api),
                        Stream.generate(() -> trial.worker(database)).limit(3))
                .toList();
        nodes.forEach(ServiceNode::awaitReady);
        JsonNode experiment = api.client().run("""
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                 "statistics": ["gradient-variance"], "runs": %d}""".formatted(5 * cells));
        countedOnce(trial, database, experiment, cells);
        trial.exactly("starts of cells", database.number("select count(*) from cell_execution"), cells);
        trial.exactly(
                "processes that had a share", database.number("select count(distinct worker) from cell_execution"), 4);
    }

    @Test
    @DisplayName("a worker frozen (SIGSTOP) past its lease, and resumed")
    void frozen(FaultScenario trial) {
        // Cells of two seconds and more.
        FaultWorkload work = new FaultWorkload(4, 300, 200, FaultSuite.SEED);
        FaultWorkload.Outcome expected = trial.undisturbed(work);
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database);
        ServiceNode frozen = worker(trial, database, "--logging.level.org.shatterlab.worker=debug")
                .awaitReady();
        api.awaitReady();
        JsonNode experiment = submit(api, work.body());
        Running cell = awaitRunning(database);
        frozen.signal("STOP");
        Instant stopped = Instant.now();
        worker(trial, database);
        await("the end of all cells elsewhere", PATIENCE, () -> ended(api, experiment));
        JsonNode ended = read(api, experiment);
        frozen.signal("CONT");
        Instant resumed = Instant.now();
        Instant told = await(
                "a word of the worker on the late result", PATIENCE, () -> !frozen.isAlive() || dropped(frozen, cell));
        trial.atMost(
                "frozen for %.0f s; from then until it drops its late result, or ends"
                        .formatted(seconds(stopped, resumed)),
                seconds(resumed, told),
                60);
        List<String> starts = database.sql(
                        "select worker from cell_execution where fingerprint = ? order by fence", cell.fingerprint())
                .query((row, _) -> row.getString(1))
                .list();
        boolean elsewhere = !starts.getLast().equals(cell.worker());
        trial.line(
                "starts of its cell: %d, the last by %s"
                        .formatted(starts.size(), elsewhere ? "the other worker" : "itself"),
                "2, the last by the other worker",
                starts.size() == 2 && elsewhere);
        countedOnce(trial, database, ended, work.cells());
        trial.line(
                "the experiment after the late result " + (read(api, experiment).equals(ended) ? "is" : "is not")
                        + " as before",
                "unchanged",
                read(api, experiment).equals(ended));
        trial.identical(FaultWorkload.Outcome.of(api.client(), experiment), expected);
    }

    /** Whether a worker says that it stopped a cell that is no longer its own, or that it ended it in vain. */
    private static boolean dropped(ServiceNode worker, Running cell) {
        String log = worker.process().output();
        return log.contains("cell " + cell.fingerprint() + " was stopped")
                || log.contains("cell " + cell.fingerprint() + " was taken over by another worker");
    }

    @Test
    @DisplayName("SIGTERM to a worker in the middle of a cell longer than its grace of 2 s")
    void terminated(FaultScenario trial) {
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database);
        ServiceNode leaving = worker(trial, database, "--shatterlab.worker.grace=2s");
        // Has a thread to spare for what is handed back.
        ServiceNode staying = trial.worker(database, "--shatterlab.worker.threads=2");
        List.of(api, leaving, staying).forEach(ServiceNode::awaitReady);
        // Takes no cell until the other has one.
        staying.signal("STOP");
        JsonNode experiment = submit(api, LONG.body());
        Running cell = awaitRunning(database);
        staying.signal("CONT");
        Instant asked = Instant.now();
        leaving.signal("TERM");
        int status = leaving.awaitExit(Duration.ofSeconds(60));
        trial.atMost("from SIGTERM to the end of the process", seconds(asked, Instant.now()), 7);
        trial.line("its exit status: " + status, "0 or 143", status == 0 || status == 143);
        await("the end of all cells elsewhere", PATIENCE, () -> ended(api, experiment));
        countedOnce(trial, database, read(api, experiment), LONG.cells());
        long attempts = database.number("select max(attempts) from cell");
        trial.line("attempts that the most tried cell is charged with: " + attempts, "at most 1", attempts <= 1);
        Optional<Instant> next = database.sql(
                        "select started_at from cell_execution where fingerprint = ? and fence = ?",
                        cell.fingerprint(),
                        cell.fence() + 1)
                .query((row, _) -> row.getTimestamp(1).toInstant())
                .optional();
        trial.line(
                next.map(time -> "its cell begins elsewhere %.1f s after SIGTERM".formatted(seconds(asked, time)))
                        .orElse("its cell was not begun again"),
                "handed back, and begun within 7 s",
                next.filter(time -> seconds(asked, time) <= 7).isPresent());
    }

    @Test
    @DisplayName("an experiment of long cells cancelled while one runs")
    void cancelled(FaultScenario trial) {
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database);
        ServiceNode worker = worker(trial, database).awaitReady();
        api.awaitReady();
        JsonNode experiment = submit(api, LONG_WORKLOAD.body());
        awaitRunning(database);
        JsonNode next = submit(api, """
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16}, "runs": 5,
                 "priority": -1}""");
        Instant asked = Instant.now();
        api.client().call("POST", experiment.get("links").get("self").asString() + "/cancel", "");
        Instant cancelled = await("CANCELLED", PATIENCE, () -> ended(api, experiment));
        trial.atMost("from the cancellation to CANCELLED", seconds(asked, cancelled), 2);
        await("the end of the next experiment", PATIENCE, () -> ended(api, next));
        trial.atMost(
                "from the cancellation to the start of the next experiment's cell",
                seconds(asked, Instant.parse(read(api, next).get("startedAt").asString())),
                2);
        trial.line(
                "its state: " + read(api, experiment).get("state").asString() + ", the worker "
                        + (worker.isAlive() ? "is alive" : "has ended"),
                "CANCELLED, alive",
                read(api, experiment).get("state").asString().equals("CANCELLED") && worker.isAlive());
    }
}
