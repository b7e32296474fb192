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

/** Tests that faults of workers change no result. */
@ExtendWith(FaultSuite.class)
class WorkerFaults {

    private static final Duration KILL_INTERVAL = Duration.ofSeconds(3);
    private static final int KILLS = FaultSuite.SHORT ? 4 : 20;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /** Two cells of at least five seconds. */
    private static final FaultWorkload TWO_LONG_CELLS = new FaultWorkload(2, 1000, 200, FaultSuite.SEED);

    /** Two cells of at least ten seconds. */
    private static final FaultWorkload TWO_LONGER_CELLS = new FaultWorkload(2, 1000, 300, FaultSuite.SEED);

    /**
     * A cell that a worker started and did not finish.
     *
     * @param started time of the start
     * @param restarted time of the next start of the cell
     */
    private record InterruptedCell(Instant started, Instant restarted) {}

    @Test
    @DisplayName("a random one of 3 workers killed with -9 every 3 s and replaced")
    void killed(FaultScenario scenario) {
        FaultWorkload work = FaultWorkload.disturbed();
        FaultWorkload.ResultSnapshot expected = scenario.undisturbed(work);
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.api(database);
        List<ServiceNode> workers = Stream.generate(() -> worker(scenario, database))
                .limit(3)
                .collect(Collectors.toCollection(ArrayList::new));
        workers.forEach(ServiceNode::awaitReady);
        api.awaitReady();
        JsonNode experiment = submit(api, work.body());
        Instant start = Instant.now();
        List<Instant> kills = new ArrayList<>();
        while (kills.size() < KILLS && !ended(api, experiment)) {
            pause(KILL_INTERVAL);
            // If the other workers still start, the last ready worker is spared. No other worker could take its cell.
            List<ServiceNode> ready =
                    workers.stream().filter(ServiceNode::isReady).toList();
            if (ready.size() > 1) {
                ServiceNode victim = ready.get(scenario.random.nextInt(ready.size()));
                kills.add(Instant.now());
                victim.close();
                workers.set(workers.indexOf(victim), worker(scenario, database));
            }
        }
        String killed = String.format(Locale.ROOT, "%d kills in %.0f s", kills.size(), seconds(start, Instant.now()));
        await("the end of all cells", TIMEOUT, () -> ended(api, experiment));
        reportCells(scenario, database, read(api, experiment), work.cells());
        scenario.reportIdentical(FaultWorkload.ResultSnapshot.of(api.client(), experiment), expected);
        List<InterruptedCell> interrupted = interruptedCells(database);
        scenario.report(
                killed + "; cells that a kill interrupted: " + interrupted.size(),
                KILLS + " kills, at least one interrupted cell, at most one per kill",
                kills.size() == KILLS && !interrupted.isEmpty() && interrupted.size() <= kills.size());
        reportPickUp(scenario, longestPickUp(interrupted, kills));
    }

    private static List<InterruptedCell> interruptedCells(SharedDatabase database) {
        return database.sql("""
                        select a.started_at, b.started_at from cell_execution a
                        join cell_execution b on b.fingerprint = a.fingerprint and b.fence = a.fence + 1""")
                .query((row, _) -> new InterruptedCell(
                        row.getTimestamp(1).toInstant(), row.getTimestamp(2).toInstant()))
                .list();
    }

    /**
     * Returns the longest time in seconds from a kill to the next start of the interrupted cell. A cell takes much less
     * time than the interval between two kills. The first kill after the start of a cell is therefore the kill that
     * interrupted the cell.
     */
    private static double longestPickUp(List<InterruptedCell> interrupted, List<Instant> kills) {
        return interrupted.stream()
                .mapToDouble(cell -> kills.stream()
                        .filter(kill -> !kill.isBefore(cell.started()))
                        .findFirst()
                        .map(kill -> seconds(kill, cell.restarted()))
                        .orElse(Double.POSITIVE_INFINITY))
                .max()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static ServiceNode worker(FaultScenario scenario, SharedDatabase database, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--shatterlab.worker.threads=1"));
        arguments.addAll(List.of(more));
        return scenario.worker(database, arguments.toArray(String[]::new));
    }

    private static void reportCells(FaultScenario scenario, SharedDatabase database, JsonNode experiment, int cells) {
        JsonNode progress = experiment.get("progress");
        scenario.report(
                "%s, %s cells done, %s failed"
                        .formatted(experiment.get("state").asString(), progress.get("done"), progress.get("failed")),
                String.format(Locale.ROOT, "SUCCEEDED, %d cells done, 0 failed", cells),
                experiment.get("state").asString().equals("SUCCEEDED")
                        && progress.get("done").asInt() == cells
                        && progress.get("failed").asInt() == 0);
        scenario.reportCount("cells done once, by their latest start", database.number("""
                        select count(*) from cell c where state = 'DONE' and fence =
                          (select max(fence) from cell_execution e where e.fingerprint = c.fingerprint)
                          and exists (select from cell_row r where r.fingerprint = c.fingerprint)"""), cells);
    }

    /** A cell that a worker is computing. */
    private record LeasedCell(String fingerprint, long fence, String worker) {}

    /** Waits for a cell that a worker started between 0.2 s and 1 s ago and is still computing. */
    private static LeasedCell awaitRunning(SharedDatabase database) {
        AtomicReference<LeasedCell> found = new AtomicReference<>();
        await("a running cell", TIMEOUT, () -> {
            Optional<LeasedCell> running = database.sql("""
                            select fingerprint, fence, worker
                            from cell join cell_execution e using (fingerprint, fence)
                            where state = 'RUNNING' and clock_timestamp() - e.started_at between '0.2 s' and '1 s' limit 1""")
                    .query((row, _) -> new LeasedCell(row.getString(1), row.getLong(2), row.getString(3)))
                    .optional();
            running.ifPresent(found::set);
            return running.isPresent();
        });
        return found.get();
    }

    /**
     * Reports the longest time from a kill to the next start of the interrupted cell. Only the full form has a limit.
     * In the short form the starting workers may occupy all cores, so no worker is free to take the cell.
     */
    private static void reportPickUp(FaultScenario scenario, double seconds) {
        String name = "longest time from a kill to the next start of its cell";
        if (FaultSuite.SHORT) {
            scenario.report(
                    String.format(Locale.ROOT, "%s: %.2f s", name, seconds), "no limit in the short form", true);
        } else {
            scenario.reportAtMost(name, seconds, 15);
        }
    }

    @Test
    @DisplayName("many short cells shared by 4 processes")
    void sharesCellsBetweenProcesses(FaultScenario scenario) {
        int cells = FaultSuite.SHORT ? 500 : 2000;
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.start(database, "api,worker", JavaProcess.SHORT_LIVED);
        List<ServiceNode> nodes = Stream.concat(
                        Stream.of(api),
                        Stream.generate(() -> scenario.worker(database)).limit(3))
                .toList();
        nodes.forEach(ServiceNode::awaitReady);
        JsonNode experiment = api.client().run(String.format(Locale.ROOT, """
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                 "statistics": ["gradient-variance"], "runs": %d}""", 5 * cells));
        reportCells(scenario, database, experiment, cells);
        scenario.reportCount("starts of cells", database.number("select count(*) from cell_execution"), cells);
        scenario.reportCount(
                "processes that computed a cell",
                database.number("select count(distinct worker) from cell_execution"),
                4);
    }

    @Test
    @DisplayName("a worker frozen with SIGSTOP past its lease and resumed")
    void frozen(FaultScenario scenario) {
        // Each cell takes at least two seconds.
        FaultWorkload work = new FaultWorkload(4, 300, 200, FaultSuite.SEED);
        FaultWorkload.ResultSnapshot expected = scenario.undisturbed(work);
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.api(database);
        ServiceNode frozen = worker(scenario, database, "--logging.level.org.shatterlab.worker=debug")
                .awaitReady();
        api.awaitReady();
        JsonNode experiment = submit(api, work.body());
        LeasedCell cell = awaitRunning(database);
        frozen.signal("STOP");
        Instant stopped = Instant.now();
        worker(scenario, database);
        await("the end of all cells on the other worker", TIMEOUT, () -> ended(api, experiment));
        JsonNode ended = read(api, experiment);
        frozen.signal("CONT");
        Instant resumed = Instant.now();
        Instant dropped = await(
                "the log message of the worker about its late result",
                TIMEOUT,
                () -> !frozen.isAlive() || hasDropped(frozen, cell));
        scenario.reportAtMost(
                String.format(
                        Locale.ROOT,
                        "frozen for %.0f s; time from SIGCONT until the worker drops its late result or ends",
                        seconds(stopped, resumed)),
                seconds(resumed, dropped),
                60);
        List<String> starts = database.sql(
                        "select worker from cell_execution where fingerprint = ? order by fence", cell.fingerprint())
                .query((row, _) -> row.getString(1))
                .list();
        boolean byOtherWorker = !starts.getLast().equals(cell.worker());
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "starts of the frozen cell: %d, the last by %s",
                        starts.size(),
                        byOtherWorker ? "the other worker" : "the frozen worker"),
                "2, the last by the other worker",
                starts.size() == 2 && byOtherWorker);
        reportCells(scenario, database, ended, work.cells());
        scenario.report(
                "the late result " + (read(api, experiment).equals(ended) ? "does not change" : "changes")
                        + " the experiment",
                "no change",
                read(api, experiment).equals(ended));
        scenario.reportIdentical(FaultWorkload.ResultSnapshot.of(api.client(), experiment), expected);
    }

    /**
     * Returns whether a worker logs that it stopped a cell after the loss of its lease, or that it dropped the late
     * result.
     */
    private static boolean hasDropped(ServiceNode worker, LeasedCell cell) {
        String log = worker.process().output();
        return log.contains("Cell " + cell.fingerprint() + " was stopped")
                || log.contains("Cell " + cell.fingerprint() + " was taken over by another worker");
    }

    @Test
    @DisplayName("SIGTERM to a worker during a cell that takes longer than the grace period of 2 s")
    void terminated(FaultScenario scenario) {
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.api(database);
        ServiceNode leaving = worker(scenario, database, "--shatterlab.worker.grace=2s");
        // The second thread can take the cell that the other worker returns to the queue.
        ServiceNode staying = scenario.worker(database, "--shatterlab.worker.threads=2");
        List.of(api, leaving, staying).forEach(ServiceNode::awaitReady);
        // The staying worker takes no cell until the leaving worker has one.
        staying.signal("STOP");
        JsonNode experiment = submit(api, TWO_LONG_CELLS.body());
        LeasedCell cell = awaitRunning(database);
        staying.signal("CONT");
        Instant signalled = Instant.now();
        leaving.signal("TERM");
        int status = leaving.awaitExit(Duration.ofSeconds(60));
        scenario.reportAtMost("time from SIGTERM to the end of the process", seconds(signalled, Instant.now()), 7);
        scenario.report("exit status: " + status, "0 or 143", status == 0 || status == 143);
        await("the end of all cells on the other worker", TIMEOUT, () -> ended(api, experiment));
        reportCells(scenario, database, read(api, experiment), TWO_LONG_CELLS.cells());
        long attempts = database.number("select max(attempts) from cell");
        scenario.report("largest number of attempts of a cell: " + attempts, "at most 1", attempts <= 1);
        Optional<Instant> next = database.sql(
                        "select started_at from cell_execution where fingerprint = ? and fence = ?",
                        cell.fingerprint(),
                        cell.fence() + 1)
                .query((row, _) -> row.getTimestamp(1).toInstant())
                .optional();
        scenario.report(
                next.map(time -> String.format(
                                Locale.ROOT,
                                "start of its cell on the other worker: %.1f s after SIGTERM",
                                seconds(signalled, time)))
                        .orElse("its cell did not start again"),
                "at most 7 s",
                next.filter(time -> seconds(signalled, time) <= 7).isPresent());
    }

    @Test
    @DisplayName("an experiment of long cells cancelled while a cell runs")
    void cancelled(FaultScenario scenario) {
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.api(database);
        ServiceNode worker = worker(scenario, database).awaitReady();
        api.awaitReady();
        JsonNode experiment = submit(api, TWO_LONGER_CELLS.body());
        awaitRunning(database);
        JsonNode next = submit(api, """
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16}, "runs": 5,
                 "priority": -1}""");
        Instant requested = Instant.now();
        api.client().call("POST", experiment.get("links").get("self").asString() + "/cancel", "");
        Instant cancelled = await("the state CANCELLED", TIMEOUT, () -> ended(api, experiment));
        scenario.reportAtMost("time from the cancellation to CANCELLED", seconds(requested, cancelled), 2);
        await("the end of the next experiment", TIMEOUT, () -> ended(api, next));
        scenario.reportAtMost(
                "time from the cancellation to the start of the cell of the next experiment",
                seconds(
                        requested,
                        Instant.parse(read(api, next).get("startedAt").asString())),
                2);
        scenario.report(
                "state: " + read(api, experiment).get("state").asString() + ", the worker "
                        + (worker.isAlive() ? "is alive" : "has ended"),
                "CANCELLED, alive",
                read(api, experiment).get("state").asString().equals("CANCELLED") && worker.isAlive());
    }
}
