package org.shatterlab.faults;

import static org.shatterlab.faults.FaultScenario.await;
import static org.shatterlab.faults.FaultScenario.pause;
import static org.shatterlab.faults.FaultScenario.read;
import static org.shatterlab.faults.FaultScenario.submit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.JavaProcess;
import org.shatterlab.service.submission.GeneratedRequestsIT;
import org.shatterlab.service.support.GeneratedRequests;
import org.shatterlab.service.support.GeneratedRequests.ExperimentIds;
import org.shatterlab.service.support.GeneratedRequests.Request;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.RawResponse;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests simultaneous requests, generated requests, and requests to a process that is shutting down. */
@ExtendWith(FaultSuite.class)
class RequestFaults {

    private static final String EXPERIMENTS = "/api/v1/experiments";
    private static final JsonMapper JSON = new JsonMapper();
    private static final int KEYS = 200;
    private static final int REPETITIONS = 5;
    private static final int GENERATED = FaultSuite.SHORT ? 2_000 : 20_000;
    private static final int CLIENTS = 16;
    private static final double MIB = 1 << 20;

    /** Returns a specification of one cell. A new seed gives a cell that is not cached. */
    static String oneCell(int seed) {
        return String.format(Locale.ROOT, """
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16}, "runs": 5, "seed": %d}""", seed);
    }

    @Test
    @DisplayName("1,000 simultaneous submissions, five for each of 200 idempotency keys")
    void createsOneExperimentPerKey(FaultScenario scenario) throws InterruptedException {
        SharedDatabase database = scenario.database();
        ServiceNode api = scenario.api(database).awaitReady();
        List<Integer> keys = new ArrayList<>(IntStream.range(0, KEYS * REPETITIONS)
                .map(number -> number % KEYS)
                .boxed()
                .toList());
        Collections.shuffle(keys, scenario.random);
        Map<Integer, Set<String>> ids = new ConcurrentHashMap<>();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger retries = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Instant began = Instant.now();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int key : keys) {
                var _ = threads.submit(() -> {
                    start.await();
                    try {
                        RawResponse response = submitKeyed(api, key);
                        // A service without capacity asks its clients to retry later.
                        while (response.status() == 503 || response.status() == 429) {
                            retries.incrementAndGet();
                            pause(Duration.ofSeconds(Long.parseLong(
                                    response.header("Retry-After").orElse("1"))));
                            response = submitKeyed(api, key);
                        }
                        ids.computeIfAbsent(key, _ -> ConcurrentHashMap.newKeySet())
                                .add(JSON.readTree(response.body()).get("id").asString());
                    } catch (IOException | RuntimeException e) {
                        failures.add(e.toString());
                    }
                    return key;
                });
            }
            start.countDown();
        }
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "all responses after %.1f s; 429 or 503 with a retry: %d; failures: %s",
                        FaultScenario.seconds(began, Instant.now()),
                        retries.get(),
                        failures),
                "202 to every submission in the end",
                failures.isEmpty());
        scenario.reportCount("stored experiments", database.number("select count(*) from experiment"), KEYS);
        Set<String> experiments = new HashSet<>();
        ids.values().forEach(experiments::addAll);
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "keys whose responses name one experiment: %d, named experiments: %d",
                        ids.values().stream().filter(each -> each.size() == 1).count(),
                        experiments.size()),
                "200 and 200",
                experiments.size() == KEYS
                        && ids.size() == KEYS
                        && ids.values().stream().allMatch(each -> each.size() == 1));
    }

    private static RawResponse submitKeyed(ServiceNode api, int key) throws IOException {
        RawResponse response = api.post(EXPERIMENTS, oneCell(key), "Idempotency-Key: key " + key);
        if (response.status() != 202 && response.status() != 503 && response.status() != 429) {
            throw new IOException("Unexpected status " + response.status());
        }
        return response;
    }

    @Test
    @DisplayName("generated requests from 16 clients to a process with the role api")
    void servesGeneratedRequests(FaultScenario scenario) throws InterruptedException, IOException {
        SharedDatabase database = scenario.database();
        ServiceNode first =
                scenario.start(database, "api,worker", JavaProcess.SHORT_LIVED).awaitReady();
        String measured =
                first.client().run(GeneratedRequestsIT.MEASURED).get("id").asString();
        first.close();
        ServiceNode api = scenario.api(database).awaitReady();
        RequestSender sender = new RequestSender(api, measured);
        int quarter = GENERATED / 4;
        sender.send(0, quarter);
        double early = liveHeap(api);
        sender.send(quarter, GENERATED);
        double late = liveHeap(api);
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "%d requests of the seed %d, responses by status: %s; failures: %d %s",
                        GENERATED,
                        FaultSuite.SEED,
                        sender.statuses,
                        sender.failures.size(),
                        sender.failures.stream().limit(3).toList()),
                "each response complete, none 5xx, each rejection a problem",
                sender.failures.isEmpty()
                        && sender.statuses.values().stream()
                                        .mapToInt(AtomicInteger::get)
                                        .sum()
                                == GENERATED);
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "live heap after %d requests: %.1f MiB, after %d: %.1f MiB",
                        quarter,
                        early / MIB,
                        GENERATED,
                        late / MIB),
                "at most 10% more",
                late <= 1.1 * early);
        scenario.report(
                "PyTorch in the process with the role api is " + (api.hasMapped("libtorch") ? "" : "not ") + "loaded",
                "not loaded",
                !api.hasMapped("libtorch"));

        cancelAll(api, database);
        JsonNode figure = submit(api, "{\"preset\": \"figure-2\"}");
        ServiceNode worker = scenario.worker(database).awaitReady();
        await("the end of Figure 2", Duration.ofMinutes(3), () -> FaultScenario.ended(api, figure));
        String state = read(api, figure).get("state").asString();
        scenario.report(
                "state of Figure 2 after the generated requests: " + state, "SUCCEEDED", state.equals("SUCCEEDED"));
        scenario.report(
                "PyTorch in the worker is " + (worker.hasMapped("libtorch") ? "" : "not ") + "loaded",
                "loaded, as proof that the check of the role api can fail",
                worker.hasMapped("libtorch"));
    }

    /** Cancels all queued experiments, so that only Figure 2 is left to compute. */
    private static void cancelAll(ServiceNode api, SharedDatabase database) throws InterruptedException {
        List<String> queued = database.sql("select id from experiment where state = 'QUEUED'")
                .query((row, _) -> row.getString(1))
                .list();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            threads.invokeAll(queued.stream()
                    .<Callable<RawResponse>>map(id -> () -> api.post(EXPERIMENTS + "/" + id + "/cancel", ""))
                    .toList());
        }
    }

    /** A sender of generated requests from several clients. The sender replaces experiments that a request deletes. */
    private static final class RequestSender {

        final Map<Integer, AtomicInteger> statuses = new TreeMap<>();
        final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final GeneratedRequests requests = new GeneratedRequests(FaultSuite.SEED);
        private final AtomicReference<ExperimentIds> ids;
        private final ServiceNode api;
        private final String measured;

        RequestSender(ServiceNode api, String measured) {
            this.api = api;
            this.measured = measured;
            this.ids = new AtomicReference<>(createExperiments());
        }

        private ExperimentIds createExperiments() {
            return new ExperimentIds(measured, GeneratedRequestsIT.createCancelled(api.client()));
        }

        void send(int from, int to) {
            AtomicInteger next = new AtomicInteger(from);
            try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
                for (int i = 0; i < CLIENTS; i++) {
                    var _ = threads.submit(() -> {
                        for (int number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
                            send(number);
                        }
                    });
                }
            }
        }

        private void send(int number) {
            Request request = requests.request(number, ids.get());
            try {
                RawResponse response = RawHttp.exchange(
                        api.port(), request.bytes(), request.method().equals("HEAD"));
                synchronized (statuses) {
                    statuses.computeIfAbsent(response.status(), _ -> new AtomicInteger())
                            .incrementAndGet();
                }
                GeneratedRequestsIT.assertExpected(api.client(), request, response);
                if (response.status() == 204) {
                    ids.set(createExperiments());
                }
            } catch (IOException | AssertionError | RuntimeException e) {
                failures.add("request " + number + ": "
                        + request.toString().lines().limit(2).toList() + ": "
                        + String.valueOf(e.getMessage())
                                .strip()
                                .lines()
                                .findFirst()
                                .orElse(""));
            }
        }
    }

    /**
     * Returns the bytes of the reachable objects in the heap of a process. The serial collector leaves some dead
     * objects in place, except in every fourth full collection. The method therefore returns the least of four
     * collections.
     */
    private static double liveHeap(ServiceNode node) throws IOException {
        double least = Double.POSITIVE_INFINITY;
        for (int collection = 0; collection < 4; collection++) {
            Process histogram = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(node.process().pid()),
                            "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader lines = histogram.inputReader()) {
                String total = lines.lines()
                        .filter(line -> line.startsWith("Total"))
                        .findFirst()
                        .orElseThrow()
                        .strip();
                least = Math.min(least, Double.parseDouble(total.substring(total.lastIndexOf(' '))));
            }
        }
        return least;
    }

    /**
     * A request of a client that stops when the readiness probe fails.
     *
     * @param at time at which the client sent the request
     * @param outcome status of the response or reason of the failure
     * @param succeeded whether the response has a status below 300
     */
    private record SentRequest(Instant at, String outcome, boolean succeeded) {}

    @Test
    @DisplayName("SIGTERM to a process with the role api, under steady requests on new connections")
    void dropsNoRequestDuringShutdown(FaultScenario scenario) {
        SharedDatabase database = scenario.database();
        ServiceNode api =
                scenario.api(database, "--shatterlab.shutdown-delay=2s").awaitReady();
        String experiment = submit(api, oneCell(0)).get("links").get("self").asString();
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicReference<Instant> unready = new AtomicReference<>();
        Queue<SentRequest> sent = new ConcurrentLinkedQueue<>();
        Instant signalled;
        int status;
        double ended;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ = threads.submit(() -> {
                while (api.isReady()) {
                    pause(Duration.ofMillis(100));
                }
                unready.set(Instant.now());
                stopped.set(true);
            });
            for (int i = 0; i < 8; i++) {
                int client = i;
                var _ = threads.submit(() -> {
                    for (int number = 0; !stopped.get(); number++) {
                        sent.add(send(api, experiment, client, number));
                    }
                });
            }
            pause(Duration.ofSeconds(3));
            signalled = Instant.now();
            api.signal("TERM");
            status = api.awaitExit(Duration.ofSeconds(60));
            ended = FaultScenario.seconds(signalled, Instant.now());
            // A kill after the timeout makes the clients stop in any case.
            api.process().close();
        }
        List<SentRequest> dropped =
                sent.stream().filter(each -> !each.succeeded()).toList();
        scenario.report(
                String.format(
                        Locale.ROOT,
                        "%d requests, %d after SIGTERM; not ready %.2f s after SIGTERM; dropped or rejected: %d %s",
                        sent.size(),
                        sent.stream()
                                .filter(each -> each.at().isAfter(signalled))
                                .count(),
                        FaultScenario.seconds(signalled, unready.get()),
                        dropped.size(),
                        dropped.stream()
                                .map(SentRequest::outcome)
                                .distinct()
                                .limit(3)
                                .toList()),
                "none dropped",
                dropped.isEmpty());
        scenario.report("exit status: " + status, "0 or 143", status == 0 || status == 143);
        scenario.reportAtMost("time from SIGTERM to the end of the process, with the delay of 2 s", ended, 10);
    }

    private static SentRequest send(ServiceNode api, String experiment, int client, int number) {
        Instant at = Instant.now();
        try {
            RawResponse response = switch ((client + number) % 3) {
                case 0 -> api.get(experiment);
                case 1 -> api.get(EXPERIMENTS + "?limit=5");
                default -> api.post(EXPERIMENTS, oneCell(1_000_000 * (client + 1) + number));
            };
            return new SentRequest(at, Integer.toString(response.status()), response.status() < 300);
        } catch (IOException e) {
            return new SentRequest(at, e.toString(), false);
        }
    }
}
