package org.shatterlab.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.ServiceNode;

/**
 * The other users of a service that one client attacks. They list experiments, poll an experiment and probe the process,
 * each request on a new connection. A further thread reads the age of the worker's heartbeats from the database.
 */
final class Bystanders implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final double MAX_P99_SECONDS = 1;

    /** The age of a heartbeat at which db-scheduler would give the cells of the worker to another worker. */
    private static final double MAX_HEARTBEAT_SECONDS = 4;

    private final SharedDatabase database;
    private final Map<String, Samples> samples = new LinkedHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile double oldestHeartbeat;

    /** The outcomes of one kind of request. */
    private record Samples(List<Double> seconds, ConcurrentLinkedQueue<String> failures) {

        private double percentile99() {
            List<Double> sorted = seconds.stream().sorted().toList();
            return sorted.isEmpty() ? Double.NaN : sorted.get((int) (0.99 * (sorted.size() - 1)));
        }
    }

    /** A request by its name in the report, and the port that answers it. */
    private record Observation(String name, int port, byte[] request) {}

    private Bystanders(SharedDatabase database) {
        this.database = database;
    }

    /**
     * Starts the requests.
     *
     * @param experiment address of the experiment to poll
     * @param headers header lines of the list and the poll
     */
    static Bystanders start(
            SharedDatabase database, ServiceNode api, int probePort, String experiment, String... headers) {
        Bystanders bystanders = new Bystanders(database);
        for (Observation observation : List.of(
                new Observation(
                        "list", api.port(), ServiceNode.request("GET", "/api/v1/experiments?limit=5", "", headers)),
                new Observation("poll", api.port(), ServiceNode.request("GET", experiment, "", headers)),
                new Observation("probe", probePort, ServiceNode.request("GET", "/actuator/health/readiness", "")))) {
            Samples outcomes = new Samples(new ArrayList<>(), new ConcurrentLinkedQueue<>());
            bystanders.samples.put(observation.name(), outcomes);
            var _ = bystanders.threads.submit(() -> bystanders.repeat(() -> observe(observation, outcomes)));
        }
        var _ = bystanders.threads.submit(() -> bystanders.repeat(bystanders::readHeartbeat));
        return bystanders;
    }

    private void repeat(Runnable action) {
        while (!stopped.get()) {
            action.run();
            FaultScenario.pause(INTERVAL);
        }
    }

    private static void observe(Observation observation, Samples outcomes) {
        long start = System.nanoTime();
        try {
            int status = RawHttp.exchange(observation.port(), observation.request(), false)
                    .status();
            if (status != 200) {
                outcomes.failures().add("status " + status);
            }
        } catch (IOException e) {
            outcomes.failures().add(e.getClass().getSimpleName());
        }
        outcomes.seconds().add((System.nanoTime() - start) * 1e-9);
    }

    private void readHeartbeat() {
        double age = database.sql("""
                        select greatest(
                            (select extract(epoch from clock_timestamp() - min(heartbeat_at)) from worker),
                            (select extract(epoch from clock_timestamp() - min(last_heartbeat))
                             from scheduled_tasks where picked))""").query(Double.class).single();
        oldestHeartbeat = Math.max(oldestHeartbeat, age);
    }

    /** Stops the requests and reports the latencies, the failures and the heartbeats. */
    void report(FaultScenario scenario, ServiceNode... processes) {
        close();
        scenario.report(
                samples.entrySet().stream()
                        .map(sample -> String.format(
                                Locale.ROOT,
                                "%s p99 %.0f ms of %d, %d failed%s",
                                sample.getKey(),
                                1e3 * sample.getValue().percentile99(),
                                sample.getValue().seconds().size(),
                                sample.getValue().failures().size(),
                                sample.getValue().failures().stream()
                                        .distinct()
                                        .limit(3)
                                        .collect(Collectors.joining(", ", " ", ""))))
                        .collect(Collectors.joining("; ")),
                "p99 under 1 s, none failed",
                samples.values().stream()
                        .allMatch(sample -> sample.percentile99() < MAX_P99_SECONDS
                                && sample.failures().isEmpty()));
        List<String> ended = new ArrayList<>();
        for (ServiceNode process : processes) {
            if (!process.isAlive()) {
                ended.add(process.name());
            }
        }
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "ended processes: %s; oldest heartbeat of a worker: %.1f s",
                        ended,
                        oldestHeartbeat),
                "none ended, at most 4 s",
                ended.isEmpty() && oldestHeartbeat <= MAX_HEARTBEAT_SECONDS);
    }

    @Override
    public void close() {
        stopped.set(true);
        threads.close();
    }
}
