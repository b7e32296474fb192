package org.shatterlab.faults;

import static org.shatterlab.faults.FaultScenario.await;
import static org.shatterlab.faults.FaultScenario.pause;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.commons.codec.digest.DigestUtils;
import org.shatterlab.JavaProcess;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.RawResponse;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service with tokens for an attacker and for a bystander, whose processes are the API and a worker. */
record AttackedService(
        FaultScenario scenario, SharedDatabase database, ServiceNode api, ServiceNode worker, int probePort) {

    static final String EXPERIMENTS = "/api/v1/experiments";
    static final String ATTACKER = authorization("attacker");

    private static final String BYSTANDER = authorization("bystander");
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration ATTACK = Duration.ofSeconds(FaultSuite.SHORT ? 6 : 30);

    private static String authorization(String token) {
        return "Authorization: Bearer " + token;
    }

    static AttackedService start(FaultScenario scenario) {
        SharedDatabase database = scenario.database();
        int probePort = ServiceNode.freePort();
        List<String> arguments = new ArrayList<>(List.of("--shatterlab.probe-port=" + probePort));
        for (String token : List.of("attacker", "bystander")) {
            String property = "--shatterlab.security.tokens." + token;
            arguments.add(property + ".sha256=" + DigestUtils.sha256Hex(token));
            arguments.add(property + ".scopes=read,write");
        }
        ServiceNode api = scenario.start(database, "api", JavaProcess.SHORT_LIVED, arguments.toArray(String[]::new));
        ServiceNode worker = scenario.worker(database).awaitReady();
        return new AttackedService(scenario, database, api.awaitReady(), worker, probePort);
    }

    /** Submits an experiment of the attacker and returns its address. The method waits while the service is busy. */
    String submit(String body) {
        byte[] request = ServiceNode.request("POST", EXPERIMENTS, body, ATTACKER);
        RawResponse response = send(request);
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while ((response.status() == 429 || response.status() == 503) && System.nanoTime() < end) {
            pause(Duration.ofSeconds(1));
            response = send(request);
        }
        if (response.status() != 202) {
            throw new IllegalStateException(new String(response.body(), StandardCharsets.UTF_8));
        }
        return read(response).get("links").get("self").asString();
    }

    /** Submits an experiment of the attacker, waits for its end and returns its address. */
    String run(String body) {
        String experiment = submit(body);
        awaitEnd(experiment);
        return experiment;
    }

    void awaitEnd(String experiment) {
        await(
                "the end of " + experiment,
                TIMEOUT,
                () -> !read(send(ServiceNode.request("GET", experiment, "", ATTACKER)))
                        .get("finishedAt")
                        .isNull());
    }

    RawResponse send(byte[] request) {
        try {
            return RawHttp.exchange(api.port(), request, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(RawResponse response) {
        return JSON.readTree(response.body());
    }

    /** Attacks while the bystanders send requests, and reports the outcome for the bystanders. */
    void attack(String name, Runnable attack) {
        scenario.begin(name);
        String polled = submit(RequestFaults.oneCell(1));
        try (Bystanders bystanders = Bystanders.start(database, api, probePort, polled, BYSTANDER)) {
            pause(Duration.ofSeconds(1));
            attack.run();
            bystanders.report(scenario, api, worker);
        }
    }

    /**
     * Sends requests from several clients at once until the time is over. Each client sends its next request after
     * the response to the last one. Reports the number of responses for each status.
     *
     * @param allowed the allowed statuses
     */
    void flood(int clients, Set<Integer> allowed, IntFunction<byte[]> request) {
        Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
        AtomicInteger next = new AtomicInteger();
        long end = System.nanoTime() + ATTACK.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                var _ = threads.submit(() -> {
                    do {
                        outcomes.computeIfAbsent(
                                        outcome(request.apply(next.getAndIncrement())), _ -> new AtomicInteger())
                                .incrementAndGet();
                    } while (System.nanoTime() < end);
                });
            }
        }
        scenario.report(
                clients + " clients, responses by status: " + new TreeMap<>(outcomes),
                "each of " + allowed,
                allowed.stream().map(String::valueOf).toList().containsAll(outcomes.keySet()));
    }

    /** Returns the status of a response, and {@code 503} only if the response names the time of a retry. */
    private String outcome(byte[] request) {
        try {
            RawResponse response = RawHttp.exchange(api.port(), request, false);
            return response.status() == 503 && response.header("Retry-After").isEmpty()
                    ? "503 without Retry-After"
                    : Integer.toString(response.status());
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    /**
     * Holds connections until the time is over. Every five seconds each open connection sends a further text. Reports the
     * number of connections by their outcome.
     *
     * @param maxServed the number of connections that may have a response with status 200, or none at all
     */
    void hold(int number, int maxServed, String start, String further) {
        try (HeldConnections connections = HeldConnections.open(api.port(), number, start)) {
            long end = System.nanoTime() + ATTACK.toNanos();
            while (System.nanoTime() < end) {
                pause(Duration.ofSeconds(5));
                connections.send(further);
            }
            Map<String, Integer> outcomes = connections.outcomes();
            scenario.report(
                    number + " connections by outcome: " + outcomes,
                    "at most " + maxServed + " 200 or silent",
                    outcomes.getOrDefault("200", 0) + outcomes.getOrDefault("silent", 0) <= maxServed);
        }
    }
}
