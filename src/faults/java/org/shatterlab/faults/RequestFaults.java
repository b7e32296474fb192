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
import org.shatterlab.service.support.GeneratedRequests.Ids;
import org.shatterlab.service.support.GeneratedRequests.Request;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.Answer;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests at once, requests of any kind, and requests to a process that is about to end. */
@ExtendWith(FaultSuite.class)
class RequestFaults {

    private static final String EXPERIMENTS = "/api/v1/experiments";
    private static final JsonMapper JSON = new JsonMapper();
    private static final int KEYS = 200;
    private static final int REPETITIONS = 5;
    private static final int GENERATED = FaultSuite.SHORT ? 2_000 : 20_000;
    private static final int CLIENTS = 16;
    private static final double MIB = 1 << 20;

    /** A specification of one cell that nobody has asked for before. */
    static String oneCell(int seed) {
        return """
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16}, "runs": 5, "seed": %d}""".formatted(seed);
    }

    @Test
    @DisplayName("1,000 submissions at once, with each of 200 idempotency keys five times")
    void submissionsAtOnce(FaultScenario trial) throws InterruptedException {
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database).awaitReady();
        List<Integer> keys = new ArrayList<>(IntStream.range(0, KEYS * REPETITIONS)
                .map(number -> number % KEYS)
                .boxed()
                .toList());
        Collections.shuffle(keys, trial.random);
        Map<Integer, Set<String>> ids = new ConcurrentHashMap<>();
        Queue<String> refused = new ConcurrentLinkedQueue<>();
        AtomicInteger later = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Instant began = Instant.now();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int key : keys) {
                var _ = threads.submit(() -> {
                    start.await();
                    try {
                        Answer answer = submitKeyed(api, key);
                        // As the service asks of whoever it has no room for.
                        while (answer.status() == 503 || answer.status() == 429) {
                            later.incrementAndGet();
                            pause(Duration.ofSeconds(
                                    Long.parseLong(answer.header("Retry-After").orElse("1"))));
                            answer = submitKeyed(api, key);
                        }
                        ids.computeIfAbsent(key, _ -> ConcurrentHashMap.newKeySet())
                                .add(JSON.readTree(answer.body()).get("id").asString());
                    } catch (IOException | RuntimeException e) {
                        refused.add(e.toString());
                    }
                    return key;
                });
            }
            start.countDown();
        }
        trial.line(
                "answered in %.1f s; told to come back later: %d; neither that nor 202: %s"
                        .formatted(FaultScenario.seconds(began, Instant.now()), later.get(), refused),
                "all 202 in the end",
                refused.isEmpty());
        trial.exactly("experiments there are", database.number("select count(*) from experiment"), KEYS);
        Set<String> answered = new HashSet<>();
        ids.values().forEach(answered::addAll);
        trial.line(
                "keys answered with one experiment each: %d, experiments answered: %d"
                        .formatted(
                                ids.values().stream()
                                        .filter(each -> each.size() == 1)
                                        .count(),
                                answered.size()),
                "200 and 200",
                answered.size() == KEYS
                        && ids.size() == KEYS
                        && ids.values().stream().allMatch(each -> each.size() == 1));
    }

    private static Answer submitKeyed(ServiceNode api, int key) throws IOException {
        Answer answer = api.post(EXPERIMENTS, oneCell(key), "Idempotency-Key: key " + key);
        if (answer.status() != 202 && answer.status() != 503 && answer.status() != 429) {
            throw new IOException("answered " + answer.status());
        }
        return answer;
    }

    @Test
    @DisplayName("generated requests, 16 at a time, to a process that answers only")
    void generated(FaultScenario trial) throws InterruptedException, IOException {
        SharedDatabase database = trial.database();
        ServiceNode first =
                trial.start(database, "api,worker", JavaProcess.SHORT_LIVED).awaitReady();
        String measured =
                first.client().run(GeneratedRequestsIT.MEASURED).get("id").asString();
        first.close();
        ServiceNode api = trial.api(database).awaitReady();
        Generator generator = new Generator(api, measured);
        int quarter = GENERATED / 4;
        generator.send(0, quarter);
        double early = liveHeap(api);
        generator.send(quarter, GENERATED);
        double late = liveHeap(api);
        trial.line(
                "%d requests of seed %d: %s; amiss: %d %s"
                        .formatted(
                                GENERATED,
                                FaultSuite.SEED,
                                generator.statuses,
                                generator.amiss.size(),
                                generator.amiss.stream().limit(3).toList()),
                "a whole answer to each, none 5xx, each refusal a problem",
                generator.amiss.isEmpty()
                        && generator.statuses.values().stream()
                                        .mapToInt(AtomicInteger::get)
                                        .sum()
                                == GENERATED);
        trial.line(
                "live heap after %d requests: %.1f MiB, after %d: %.1f MiB"
                        .formatted(quarter, early / MIB, GENERATED, late / MIB),
                "at most 10% more",
                late <= 1.1 * early);
        trial.line(
                "PyTorch is " + (api.hasMapped("libtorch") ? "" : "not ") + "loaded",
                "not loaded",
                !api.hasMapped("libtorch"));

        cancelAll(api, database);
        JsonNode figure = submit(api, "{\"preset\": \"figure-2\"}");
        ServiceNode worker = trial.worker(database).awaitReady();
        await("Figure 2", Duration.ofMinutes(3), () -> FaultScenario.ended(api, figure));
        String state = read(api, figure).get("state").asString();
        trial.line("Figure 2 after that: " + state, "SUCCEEDED", state.equals("SUCCEEDED"));
        trial.line(
                "PyTorch in the worker is " + (worker.hasMapped("libtorch") ? "" : "not ") + "loaded",
                "loaded, so that the line above can fail",
                worker.hasMapped("libtorch"));
    }

    /** What was accepted is cancelled, so that Figure 2 is all there is to do. */
    private static void cancelAll(ServiceNode api, SharedDatabase database) throws InterruptedException {
        List<String> live = database.sql("select id from experiment where state = 'QUEUED'")
                .query((row, _) -> row.getString(1))
                .list();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            threads.invokeAll(live.stream()
                    .<Callable<Answer>>map(id -> () -> api.post(EXPERIMENTS + "/" + id + "/cancel", ""))
                    .toList());
        }
    }

    /** Sends generated requests from several clients; what one of them deletes is replaced. */
    private static final class Generator {

        final Map<Integer, AtomicInteger> statuses = new TreeMap<>();
        final Queue<String> amiss = new ConcurrentLinkedQueue<>();
        private final GeneratedRequests requests = new GeneratedRequests(FaultSuite.SEED);
        private final AtomicReference<Ids> ids;
        private final ServiceNode api;
        private final String measured;

        Generator(ServiceNode api, String measured) {
            this.api = api;
            this.measured = measured;
            this.ids = new AtomicReference<>(fresh());
        }

        private Ids fresh() {
            return new Ids(measured, GeneratedRequestsIT.cancelled(api.client()));
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
                Answer answer = RawHttp.exchange(
                        api.port(), request.bytes(), request.method().equals("HEAD"));
                synchronized (statuses) {
                    statuses.computeIfAbsent(answer.status(), _ -> new AtomicInteger())
                            .incrementAndGet();
                }
                GeneratedRequestsIT.assertAnswered(api.client(), request, answer);
                if (answer.status() == 204) {
                    ids.set(fresh());
                }
            } catch (IOException | AssertionError | RuntimeException e) {
                amiss.add("request " + number + ": "
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
     * The bytes of what is reachable in the heap of a process. The serial collector leaves some dead objects where they lie,
     * except at every fourth collection of the whole heap.
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

    /** A request of a client that stops as soon as it knows that the process is about to end. */
    private record Sent(Instant at, String outcome, boolean answered) {}

    @Test
    @DisplayName("SIGTERM to a process that answers, under steady requests on new connections")
    void terminated(FaultScenario trial) {
        SharedDatabase database = trial.database();
        ServiceNode api = trial.api(database, "--shatterlab.shutdown-delay=2s").awaitReady();
        String experiment = submit(api, oneCell(0)).get("links").get("self").asString();
        AtomicBoolean turned = new AtomicBoolean();
        AtomicReference<Instant> noticed = new AtomicReference<>();
        Queue<Sent> sent = new ConcurrentLinkedQueue<>();
        Instant asked;
        int status;
        double ended;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ = threads.submit(() -> {
                while (api.isReady()) {
                    pause(Duration.ofMillis(100));
                }
                noticed.set(Instant.now());
                turned.set(true);
            });
            for (int i = 0; i < 8; i++) {
                int client = i;
                var _ = threads.submit(() -> {
                    for (int number = 0; !turned.get(); number++) {
                        sent.add(send(api, experiment, client, number));
                    }
                });
            }
            pause(Duration.ofSeconds(3));
            asked = Instant.now();
            api.signal("TERM");
            status = api.awaitExit(Duration.ofSeconds(60));
            ended = FaultScenario.seconds(asked, Instant.now());
            // Where it does not end by itself, its clients shall.
            api.process().close();
        }
        List<Sent> dropped = sent.stream().filter(each -> !each.answered()).toList();
        trial.line(
                "%d requests, %d after SIGTERM; readiness turned %.2f s after it; dropped or answered with an error: %d %s"
                        .formatted(
                                sent.size(),
                                sent.stream()
                                        .filter(each -> each.at().isAfter(asked))
                                        .count(),
                                FaultScenario.seconds(asked, noticed.get()),
                                dropped.size(),
                                dropped.stream()
                                        .map(Sent::outcome)
                                        .distinct()
                                        .limit(3)
                                        .toList()),
                "none dropped",
                dropped.isEmpty());
        trial.line("its exit status: " + status, "0 or 143", status == 0 || status == 143);
        trial.atMost("from SIGTERM to the end of the process, of which 2 s are its delay", ended, 10);
    }

    private static Sent send(ServiceNode api, String experiment, int client, int number) {
        Instant at = Instant.now();
        try {
            Answer answer = switch ((client + number) % 3) {
                case 0 -> api.get(experiment);
                case 1 -> api.get(EXPERIMENTS + "?limit=5");
                default -> api.post(EXPERIMENTS, oneCell(1_000_000 * (client + 1) + number));
            };
            return new Sent(at, Integer.toString(answer.status()), answer.status() < 300);
        } catch (IOException e) {
            return new Sent(at, e.toString(), false);
        }
    }
}
