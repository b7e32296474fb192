package org.shatterlab.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.BooleanSupplier;
import org.shatterlab.JavaProcess;
import org.shatterlab.platform.database.StoppablePostgres;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/**
 * A fault that a test injects into the service. The scenario starts processes, kills them at its end, and collects
 * checks.
 */
final class FaultScenario implements AutoCloseable {

    /** A generator with the seed of the suite, independent of the draws of other scenarios. */
    final Random random = new Random(FaultSuite.SEED);

    private final String name;
    private final Path folder;
    private final FaultSuite.SharedResources shared;
    private final List<ServiceNode> nodes = new CopyOnWriteArrayList<>();
    private final Set<Path> embedded = new CopyOnWriteArraySet<>();
    private final List<FaultTable.FaultCheck> checks = new ArrayList<>();
    private final Thread hook = new Thread(this::killAll);
    private String part = "";

    FaultScenario(String name, Path folder, FaultSuite.SharedResources shared) {
        this.name = name;
        this.folder = folder;
        this.shared = shared;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Creates a new database on the shared server. */
    SharedDatabase database() {
        return shared.database();
    }

    StoppablePostgres postgres() {
        return shared.postgres;
    }

    /** Starts a process with the role {@code api}, and does not wait until the process is ready. */
    ServiceNode api(SharedDatabase database, String... arguments) {
        return start(database, "api", JavaProcess.SHORT_LIVED, arguments);
    }

    /** Starts a process with the role {@code worker}, and does not wait until the process is ready. */
    ServiceNode worker(SharedDatabase database, String... arguments) {
        return start(database, "worker", JavaProcess.SHORT_LIVED, arguments);
    }

    /**
     * Starts a process, and does not wait until the process is ready.
     *
     * @param roles roles, separated by commas
     * @param options options of the Java virtual machine
     * @param arguments further arguments of the service
     */
    ServiceNode start(SharedDatabase database, String roles, List<String> options, String... arguments) {
        String name = (nodes.size() + 1) + "-" + roles.replace(',', '-');
        List<String> all = new ArrayList<>(database.arguments());
        all.add("--shatterlab.roles=" + roles);
        all.addAll(List.of(arguments));
        return start(name, ServiceNode.freePort(), options, all);
    }

    /**
     * Starts a complete service with an embedded database. A later service of the same name uses the same data folder.
     */
    ServiceNode service(String name, int port) {
        Path postgres = folder.resolve(name).resolve("postgres");
        shared.postgres.shareBinaries(postgres);
        embedded.add(postgres);
        return start(name, port, JavaProcess.SHORT_LIVED, List.of());
    }

    private ServiceNode start(String name, int port, List<String> options, List<String> arguments) {
        ServiceNode started = ServiceNode.start(folder.resolve(name), port, options, arguments);
        nodes.add(started);
        return started;
    }

    /** Returns the results of a workload without any fault. The suite measures a workload once for all scenarios. */
    FaultWorkload.ResultSnapshot undisturbed(FaultWorkload work) {
        return shared.undisturbed.computeIfAbsent(work, _ -> {
            ServiceNode node =
                    start(database(), "api,worker", JavaProcess.SHORT_LIVED).awaitReady();
            FaultWorkload.ResultSnapshot results =
                    FaultWorkload.ResultSnapshot.of(node.client(), node.client().run(work.body()));
            node.close();
            return results;
        });
    }

    /** Submits an experiment and requires that the service accepts the experiment. */
    static JsonNode submit(ServiceNode api, String body) {
        HttpResponse<String> accepted = api.client().submit(body);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return api.client().json.readTree(accepted.body());
    }

    /** Reads the current state of an experiment. The frequent polls skip the check against the contract. */
    static JsonNode read(ServiceNode api, JsonNode experiment) {
        try {
            RawHttp.RawResponse response =
                    api.get(experiment.get("links").get("self").asString());
            assertThat(response.status()).isEqualTo(200);
            return api.client().json.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether an experiment has ended. */
    static boolean ended(ServiceNode api, JsonNode experiment) {
        return !read(api, experiment).get("finishedAt").isNull();
    }

    /** Returns the number of finished cells. */
    static int done(ServiceNode api, JsonNode experiment) {
        return read(api, experiment).get("progress").get("done").asInt();
    }

    /**
     * Waits until a condition holds.
     *
     * @param event event that makes the condition true, for the failure message
     * @return the time at which the condition held
     * @throws AssertionError if the condition does not hold within the timeout
     */
    static Instant await(String event, Duration timeout, BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(timeout);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("Waited " + timeout.toSeconds() + " s without " + event + ".");
            }
            pause(Duration.ofMillis(20));
        }
        return Instant.now();
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1e3;
    }

    /** Names the part of the scenario that the next checks belong to. */
    void begin(String next) {
        part = ": " + next;
    }

    /** Adds a check to the table and prints the check. */
    void report(String measured, String limit, boolean holds) {
        FaultTable.FaultCheck check = new FaultTable.FaultCheck(name + part, measured, limit, holds);
        checks.add(check);
        shared.table.add(check);
        System.out.println(check);
    }

    /** Reports a time and its upper limit, both in seconds. */
    void reportAtMost(String name, double seconds, double limit) {
        report(
                String.format(Locale.ROOT, "%s: %.2f s", name, seconds),
                String.format(Locale.ROOT, "at most %.0f s", limit),
                seconds <= limit);
    }

    /** Reports a count that must have an expected value. */
    void reportCount(String name, long value, long expected) {
        report(name + ": " + value, Long.toString(expected), value == expected);
    }

    /** Reports whether the results of an experiment equal the results of an undisturbed run to the last bit. */
    void reportIdentical(FaultWorkload.ResultSnapshot results, FaultWorkload.ResultSnapshot expected) {
        boolean same = results.equals(expected);
        report(
                "the rows and a matrix " + (same ? "equal" : "differ from") + " the results of an undisturbed run",
                "bit-identical",
                same);
    }

    /** Reports an exception that ended the scenario before all measurements were taken. */
    void reportFailure(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        report(cause.getClass().getSimpleName() + ": " + message.replace('|', '/'), "no exception", false);
    }

    /** Requires that the scenario has checks and that all of them hold. */
    void requireAll() {
        assertThat(checks).isNotEmpty().allMatch(FaultTable.FaultCheck::holds);
    }

    private void killAll() {
        nodes.forEach(ServiceNode::close);
        embedded.forEach(shared.postgres::killIn);
    }

    @Override
    public void close() {
        killAll();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
