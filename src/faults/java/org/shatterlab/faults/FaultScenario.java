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

/** One thing that is done to the service: the processes it is done to, and the lines of the table that it gives. */
final class FaultScenario implements AutoCloseable {

    /** Of the seed of the suite, whatever other trials draw. */
    final Random random = new Random(FaultSuite.SEED);

    private final String name;
    private final Path folder;
    private final FaultSuite.Shared shared;
    private final List<ServiceNode> nodes = new CopyOnWriteArrayList<>();
    private final Set<Path> embedded = new CopyOnWriteArraySet<>();
    private final List<FaultTable.Line> lines = new ArrayList<>();
    private final Thread hook = new Thread(this::killAll);

    FaultScenario(String name, Path folder, FaultSuite.Shared shared) {
        this.name = name;
        this.folder = folder;
        this.shared = shared;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    SharedDatabase database() {
        return shared.database();
    }

    StoppablePostgres postgres() {
        return shared.postgres;
    }

    /** Starts a process that answers only, and does not wait for it. */
    ServiceNode api(SharedDatabase database, String... arguments) {
        return start(database, "api", JavaProcess.SHORT_LIVED, arguments);
    }

    /** Starts a process that measures only, and does not wait for it. */
    ServiceNode worker(SharedDatabase database, String... arguments) {
        return start(database, "worker", JavaProcess.SHORT_LIVED, arguments);
    }

    ServiceNode start(SharedDatabase database, String roles, List<String> options, String... arguments) {
        String name = (nodes.size() + 1) + "-" + roles.replace(',', '-');
        List<String> all = new ArrayList<>(database.arguments());
        all.add("--shatterlab.roles=" + roles);
        all.addAll(List.of(arguments));
        return start(name, ServiceNode.freePort(), options, all);
    }

    /** Starts a whole service with an embedded database, which its folder has from the last of this name. */
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

    /** What a workload comes to where nothing happens, measured once for all trials. */
    FaultWorkload.Outcome undisturbed(FaultWorkload work) {
        return shared.undisturbed.computeIfAbsent(work, _ -> {
            ServiceNode node =
                    start(database(), "api,worker", JavaProcess.SHORT_LIVED).awaitReady();
            FaultWorkload.Outcome outcome =
                    FaultWorkload.Outcome.of(node.client(), node.client().run(work.body()));
            node.close();
            return outcome;
        });
    }

    static JsonNode submit(ServiceNode api, String body) {
        HttpResponse<String> accepted = api.client().submit(body);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return api.client().json.readTree(accepted.body());
    }

    /** An experiment as it is now; read often, so not held against the contract. */
    static JsonNode read(ServiceNode api, JsonNode experiment) {
        try {
            RawHttp.Answer answer = api.get(experiment.get("links").get("self").asString());
            assertThat(answer.status()).isEqualTo(200);
            return api.client().json.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean ended(ServiceNode api, JsonNode experiment) {
        return !read(api, experiment).get("finishedAt").isNull();
    }

    static int done(ServiceNode api, JsonNode experiment) {
        return read(api, experiment).get("progress").get("done").asInt();
    }

    /** Waits until something is so. */
    static Instant await(String what, Duration most, BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(most);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("not within " + most.toSeconds() + " s: " + what);
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

    /** A line of the table. */
    void line(String measured, String limit, boolean holds) {
        FaultTable.Line line = new FaultTable.Line(name, measured, limit, holds);
        lines.add(line);
        shared.table.add(line);
        System.out.println(line);
    }

    /** A line on a time that is to be short. */
    void atMost(String what, double seconds, double limit) {
        line(
                String.format(Locale.ROOT, "%s: %.2f s", what, seconds),
                String.format(Locale.ROOT, "at most %.0f s", limit),
                seconds <= limit);
    }

    /** A line on a count that is known beforehand. */
    void exactly(String what, long value, long expected) {
        line(what + ": " + value, Long.toString(expected), value == expected);
    }

    /** A line on what an experiment came to. */
    void identical(FaultWorkload.Outcome outcome, FaultWorkload.Outcome expected) {
        boolean same = outcome.equals(expected);
        line("rows and a matrix " + (same ? "are" : "are not") + " those of an undisturbed run", "bit-identical", same);
    }

    /** The trial ended before all was measured. */
    void broke(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        line(cause.getClass().getSimpleName() + ": " + message.replace('|', '/'), "to be measured", false);
    }

    void requireAll() {
        assertThat(lines).isNotEmpty().allMatch(FaultTable.Line::holds);
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
