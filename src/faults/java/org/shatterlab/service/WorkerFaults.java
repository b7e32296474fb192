package org.shatterlab.service;

import static org.shatterlab.service.Trial.await;
import static org.shatterlab.service.Trial.pause;
import static org.shatterlab.service.Trial.read;
import static org.shatterlab.service.Trial.seconds;
import static org.shatterlab.service.Trial.submit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What happens to workers, happens to no result. */
@ExtendWith(FaultSuite.class)
class WorkerFaults {

    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(3);
    private static final int KILLS = FaultSuite.SHORT ? 5 : 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Two cells of five seconds and more, and of ten and more. */
    private static final Workload LONG = new Workload(2, 1000, 200, FaultSuite.SEED);

    private static final Workload LONGEST = new Workload(2, 1000, 300, FaultSuite.SEED);

    /** A cell that a worker began and did not end, and its next start. */
    private record Lost(Instant began, Instant next) {}

    @Test
    @DisplayName("a random one of 3 workers killed with -9 every 3 s, and replaced")
    void killed(Trial trial) {
        Workload work = Workload.disturbed();
        Workload.Outcome expected = trial.undisturbed(work);
        Database database = trial.database();
        Node api = trial.api(database);
        List<Node> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            workers.add(worker(trial, database));
        }
        workers.forEach(Node::awaitReady);
        api.awaitReady();
        JsonNode experiment = submit(api, work.body());
        Instant start = Instant.now();
        List<Instant> kills = new ArrayList<>();
        while (kills.size() < KILLS && !ended(api, experiment)) {
            pause(BETWEEN_KILLS);
            // Where starting takes long, the last that is up is spared: no one else could take its cell.
            List<Node> up = workers.stream().filter(Node::isReady).toList();
            if (up.size() > 1) {
                Node victim = up.get(trial.random.nextInt(up.size()));
                kills.add(Instant.now());
                victim.close();
                workers.set(workers.indexOf(victim), worker(trial, database));
            }
        }
        double killing = seconds(start, Instant.now());
        await("the end of all cells", PATIENCE, () -> ended(api, experiment));
        requireCountedOnce(trial, database, read(api, experiment), work.cells());
        identical(trial, Workload.Outcome.of(api.client(), experiment), expected);

        List<Lost> lost = database.sql("""
                        select a.started_at, b.started_at from cell_execution a
                        join cell_execution b on b.fingerprint = a.fingerprint and b.fence = a.fence + 1""")
                .query((row, _) -> new Lost(
                        row.getTimestamp(1).toInstant(), row.getTimestamp(2).toInstant()))
                .list();
        trial.line(
                "%d kills in %.0f s, of which lost a cell that was begun: %d"
                        .formatted(kills.size(), killing, lost.size()),
                KILLS + " kills, at most one cell by each, and at least one",
                kills.size() == KILLS && !lost.isEmpty() && lost.size() <= kills.size());
        // Cells are much shorter than the time between two kills, so that the next kill is the one that lost it.
        double longest = lost.stream()
                .mapToDouble(cell -> kills.stream()
                        .filter(kill -> !kill.isBefore(cell.began()))
                        .findFirst()
                        .map(kill -> seconds(kill, cell.next()))
                        .orElse(Double.POSITIVE_INFINITY))
                .max()
                .orElse(Double.POSITIVE_INFINITY);
        trial.atMost("longest time from a kill to the next start of its cell", longest, 15, "s");
    }

    private static Node worker(Trial trial, Database database, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--shatterlab.worker.threads=1"));
        arguments.addAll(List.of(more));
        return trial.worker(database, arguments.toArray(String[]::new));
    }

    private static boolean ended(Node api, JsonNode experiment) {
        return !read(api, experiment).get("finishedAt").isNull();
    }

    private static void requireCountedOnce(Trial trial, Database database, JsonNode experiment, int cells) {
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

    private static void identical(Trial trial, Workload.Outcome outcome, Workload.Outcome expected) {
        trial.line(
                "rows and a matrix " + (outcome.equals(expected) ? "are" : "are not") + " those of an undisturbed run",
                "bit-identical",
                outcome.equals(expected));
    }

    /** A cell that a worker has begun. */
    private record Running(String fingerprint, long fence, String worker) {}

    /** Waits until a worker is in the middle of a cell, which it began a moment ago. */
    private static Running awaitRunning(Database database) {
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

    @Test
    @DisplayName("a worker frozen (SIGSTOP) past its lease, and resumed")
    void frozen(Trial trial) {
        // Cells of two seconds and more.
        Workload work = new Workload(4, 300, 200, FaultSuite.SEED);
        Workload.Outcome expected = trial.undisturbed(work);
        Database database = trial.database();
        Node api = trial.api(database);
        Node frozen = worker(trial, database).awaitReady();
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
                "a word of the worker on the late result",
                PATIENCE,
                () -> frozen.process().output().contains("its result is dropped") || !frozen.isAlive());
        trial.line(
                "its late result: %s, %.1f s after it was resumed, frozen for %.0f s"
                        .formatted(
                                frozen.isAlive() ? "dropped" : "it has ended",
                                seconds(resumed, told),
                                seconds(stopped, resumed)),
                "dropped, or the worker ends",
                true);
        List<String> workers = database.sql(
                        "select worker from cell_execution where fingerprint = ? order by fence", cell.fingerprint())
                .query((row, _) -> row.getString(1))
                .list();
        trial.line(
                "starts of its cell: %d, the last by %s"
                        .formatted(
                                workers.size(),
                                workers.getLast().equals(cell.worker()) ? "itself" : "the other worker"),
                "2, the last by the other worker",
                workers.size() == 2 && !workers.getLast().equals(cell.worker()));
        requireCountedOnce(trial, database, ended, work.cells());
        trial.line(
                "the experiment after the late result " + (read(api, experiment).equals(ended) ? "is" : "is not")
                        + " as before",
                "unchanged",
                read(api, experiment).equals(ended));
        identical(trial, Workload.Outcome.of(api.client(), experiment), expected);
    }

    @Test
    @DisplayName("SIGTERM to a worker in the middle of a cell longer than its grace of 2 s")
    void terminated(Trial trial) {
        Database database = trial.database();
        Node api = trial.api(database);
        Node leaving = worker(trial, database, "--shatterlab.worker.grace=2s");
        // Has a thread to spare for what is handed back.
        Node staying = trial.worker(database, "--shatterlab.worker.threads=2");
        List.of(api, leaving, staying).forEach(Node::awaitReady);
        // Takes no cell until the other has one.
        staying.signal("STOP");
        JsonNode experiment = submit(api, LONG.body());
        Running cell = awaitRunning(database);
        staying.signal("CONT");
        Instant asked = Instant.now();
        leaving.signal("TERM");
        int status = leaving.awaitExit(Duration.ofSeconds(60));
        trial.atMost("from SIGTERM to the end of the process", seconds(asked, Instant.now()), 7, "s");
        trial.line("its exit status: " + status, "0 or 143", status == 0 || status == 143);
        await("the end of all cells elsewhere", PATIENCE, () -> ended(api, experiment));
        requireCountedOnce(trial, database, read(api, experiment), LONG.cells());
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
    void cancelled(Trial trial) {
        Database database = trial.database();
        Node api = trial.api(database);
        Node worker = worker(trial, database).awaitReady();
        api.awaitReady();
        JsonNode experiment = submit(api, LONGEST.body());
        awaitRunning(database);
        JsonNode next = submit(api, """
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16}, "runs": 5,
                 "priority": -1}""");
        Instant asked = Instant.now();
        api.client().call("POST", experiment.get("links").get("self").asString() + "/cancel", "");
        Instant cancelled = await("CANCELLED", PATIENCE, () -> ended(api, experiment));
        trial.atMost("from the cancellation to CANCELLED", seconds(asked, cancelled), 2, "s");
        await("the end of the next experiment", PATIENCE, () -> ended(api, next));
        trial.atMost(
                "from the cancellation to the start of the next experiment's cell",
                seconds(asked, Instant.parse(read(api, next).get("startedAt").asString())),
                2,
                "s");
        trial.line(
                "its state: " + read(api, experiment).get("state").asString() + ", the worker "
                        + (worker.isAlive() ? "is alive" : "has ended"),
                "CANCELLED, alive",
                read(api, experiment).get("state").asString().equals("CANCELLED") && worker.isAlive());
    }
}
