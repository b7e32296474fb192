package org.shatterlab.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests that any API process streams the changes of an experiment, whichever worker process computes the cells. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsIT {

    private static final int CELLS = 40;
    /** Fewer than {@code shatterlab.limits.streams}. */
    private static final int FOLLOWERS = 200;

    /** The longest delay of an event that the test accepts, on a machine that is busy with other work. */
    private static final Duration MAX_LATENCY = Duration.ofSeconds(1);

    private static final String CLIENT_THREAD_PREFIX = "client-";

    private final ExecutorService clients = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name(CLIENT_THREAD_PREFIX, 0).factory());
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(clients)
            .build();
    private Service api;
    private ServiceNode worker;
    private ServiceNode otherApi;

    /** A received event. */
    private record ReceivedEvent(String id, String name, JsonNode data, Instant arrived) {

        String state() {
            return data.get("state").asString();
        }

        int done() {
            return data.get("progress").get("done").asInt();
        }
    }

    @BeforeAll
    void start(@TempDir Path data, @TempDir Path workerData, @TempDir Path otherData) {
        api = Service.start(data, "--shatterlab.roles=api");
        worker = ServiceNode.start(workerData, api, "worker");
        otherApi = ServiceNode.start(otherData, api, "api").awaitReady();
    }

    @AfterAll
    void stop() {
        worker.close();
        otherApi.close();
        api.close();
        // The shutdown must not wait for streams that the test did not read to the end.
        http.shutdownNow();
    }

    private static String experiment(int cells, int seed) {
        return String.format(Locale.ROOT, """
                {"networks": [{"family": "feedforward", "width": 100}], "depths": [20],
                 "inputs": {"type": "grid", "points": 64}, "statistics": ["gradient-variance"],
                 "runs": %d, "seed": %d}""", 5 * cells, seed);
    }

    private static JsonNode submit(Service service, String body) {
        return service.json.readTree(service.submit(body).body());
    }

    private static HttpRequest request(Service service, JsonNode experiment, @Nullable String lastEventId) {
        String path = experiment.get("links").get("self").asString() + "/events";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path));
        return (lastEventId == null ? request : request.header("Last-Event-ID", lastEventId))
                .header("Accept", "text/event-stream")
                .build();
    }

    private HttpResponse<Stream<String>> open(Service service, JsonNode experiment, @Nullable String lastEventId)
            throws Exception {
        return http.send(request(service, experiment, lastEventId), BodyHandlers.ofLines());
    }

    /** Returns all events of a stream that ends. */
    private List<ReceivedEvent> follow(Service service, JsonNode experiment, @Nullable String lastEventId)
            throws Exception {
        HttpResponse<Stream<String>> response = open(service, experiment, lastEventId);
        assertThat(response.statusCode()).isEqualTo(200);
        return events(response.body());
    }

    private static List<ReceivedEvent> events(Stream<String> lines) {
        JsonMapper json = new JsonMapper();
        List<ReceivedEvent> events = new ArrayList<>();
        List<String> block = new ArrayList<>();
        lines.forEach(line -> {
            if (!line.isEmpty()) {
                block.add(line);
                return;
            }
            if (block.size() == 3) {
                events.add(new ReceivedEvent(
                        value(block.get(0), "id:"),
                        value(block.get(1), "event:"),
                        json.readTree(value(block.get(2), "data:")),
                        Instant.now()));
            }
            block.clear();
        });
        return events;
    }

    private static String value(String line, String field) {
        assertThat(line).startsWith(field);
        return line.substring(field.length());
    }

    @Test
    void streamsEventsAcrossProcesses() throws Exception {
        JsonNode experiment = submit(api, experiment(CELLS, 1));
        List<ReceivedEvent> events = follow(api, experiment, null);

        assertThat(events).extracting(ReceivedEvent::id).doesNotHaveDuplicates();
        assertThat(events.stream().filter(event -> event.name().equals("state")).map(ReceivedEvent::state))
                .containsSubsequence("RUNNING", "SUCCEEDED")
                .doesNotHaveDuplicates();
        assertThat(events.stream().map(ReceivedEvent::done)).isSorted();
        List<ReceivedEvent> progress =
                events.stream().filter(event -> event.name().equals("progress")).toList();
        assertThat(progress).isNotEmpty();
        ReceivedEvent last = events.getLast();
        JsonNode polled = api.json.readTree(
                api.get(experiment.get("links").get("self").asString()).body());
        Duration lasted = Duration.between(
                Instant.parse(polled.get("startedAt").asString()),
                Instant.parse(polled.get("finishedAt").asString()));
        assertThat(progress.size()).isLessThanOrEqualTo(3 + (int) (lasted.toMillis() / 100));
        assertThat(last.name()).isEqualTo("state");
        assertThat(last.data().propertyNames()).containsExactlyInAnyOrder("id", "state", "progress");
        last.data()
                .propertyNames()
                .forEach(name -> assertThat(last.data().get(name)).isEqualTo(polled.get(name)));
        assertThat(Duration.between(Instant.parse(polled.get("finishedAt").asString()), last.arrived()))
                .as("time from the end of the experiment to the last event")
                .isLessThan(MAX_LATENCY);

        for (String seen : List.of(events.getFirst().id(), "nonsense")) {
            assertThat(follow(otherApi.client(), experiment, seen))
                    .singleElement()
                    .satisfies(event -> assertThat(event.id()).isEqualTo(last.id()));
        }
        assertThat(open(otherApi.client(), experiment, last.id()).statusCode()).isEqualTo(204);
    }

    /** No worker runs, so the experiment changes only when the test cancels it. */
    @Test
    void sendsOnlyHeartbeatsUntilNextChange(@TempDir Path data) throws Exception {
        try (Service idle = Service.start(data, "--shatterlab.roles=api")) {
            JsonNode queued = submit(idle, experiment(1, 2));
            HttpResponse<Stream<String>> first = open(idle, queued, null);
            List<String> opening = first.body().limit(5).toList();
            assertThat(opening.get(0)).isEqualTo("retry:1000");
            String seen = value(opening.get(2), "id:");

            Instant opened = Instant.now();
            CompletableFuture<Duration> silence = new CompletableFuture<>();
            HttpResponse<Stream<String>> again = open(idle, queued, seen);
            CompletableFuture<List<ReceivedEvent>> received =
                    CompletableFuture.supplyAsync(() -> events(again.body().peek(line -> {
                        if (line.startsWith(":")) {
                            silence.complete(Duration.between(opened, Instant.now()));
                        }
                    })));
            assertThat(silence.get()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(20));
            assertThat(received).isNotDone();

            Instant cancelled = Instant.now();
            idle.call("POST", queued.get("links").get("self").asString() + "/cancel", "");
            assertThat(received.get()).last().satisfies(event -> {
                assertThat(event.name()).isEqualTo("state");
                assertThat(event.state()).isEqualTo("CANCELLED");
                assertThat(Duration.between(cancelled, event.arrived())).isLessThan(MAX_LATENCY);
            });
        }
    }

    @Test
    void rejectsInvalidRequests() {
        JsonNode experiment = submit(api, experiment(1, 3));
        String events = experiment.get("links").get("self").asString() + "/events";
        assertThat(api.get("/api/v1/experiments/none/events").statusCode()).isEqualTo(404);
        assertThat(api.get("/api/v1/experiments/none/events", "Accept", "text/event-stream")
                        .statusCode())
                .isEqualTo(404);
        assertThat(api.get(events, "Accept", "application/json").statusCode()).isEqualTo(406);
        assertThat(api.get(events + "?wait=1").statusCode()).isEqualTo(422);
        assertThat(api.call("HEAD", events, "").statusCode()).isEqualTo(200);
    }

    /** One client reads nothing, and other clients disconnect in the middle. */
    @Test
    void servesManyStreamsWithFewThreads() throws Exception {
        JsonNode experiment = submit(api, experiment(2 * CELLS, 4));
        long threads = busyThreads();
        try (Socket _ = openWithoutReading(experiment)) {
            CountDownLatch opened = new CountDownLatch(FOLLOWERS);
            List<CompletableFuture<List<ReceivedEvent>>> followers = IntStream.range(0, FOLLOWERS)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(
                            () -> {
                                HttpResponse<Stream<String>> response = openWhenFree(experiment);
                                opened.countDown();
                                return events(response.body());
                            },
                            clients))
                    .toList();
            for (int i = 0; i < 20; i++) {
                openWithoutReading(experiment).close();
            }
            assertThat(opened.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(busyThreads() - threads)
                    .as("threads for %d streams", FOLLOWERS)
                    .isLessThan(FOLLOWERS / 2);
            for (CompletableFuture<List<ReceivedEvent>> follower : followers) {
                assertThat(follower.get().getLast().state()).isEqualTo("SUCCEEDED");
            }
        }
    }

    /** Opens a stream as a well-behaved client does, which repeats the request when the service is busy. */
    private HttpResponse<Stream<String>> openWhenFree(JsonNode experiment) {
        try {
            HttpResponse<Stream<String>> response = open(api, experiment, null);
            while (response.statusCode() == 503) {
                Thread.sleep(Duration.ofSeconds(
                        response.headers().firstValueAsLong("Retry-After").orElseThrow()));
                response = open(api, experiment, null);
            }
            assertThat(response.statusCode()).isEqualTo(200);
            return response;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the number of threads of this process, without the threads of the clients and the free threads of pools. */
    private static long busyThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> !thread.getKey().getName().startsWith(CLIENT_THREAD_PREFIX))
                .filter(thread -> Stream.of(thread.getValue())
                        .noneMatch(frame -> frame.getMethodName().equals("getTask")))
                .count();
    }

    private Socket openWithoutReading(JsonNode experiment) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
        socket.getOutputStream()
                .write(("GET " + experiment.get("links").get("self").asString()
                                + "/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void shutdownEndsStreamsAndWaits(@TempDir Path data) throws Exception {
        Service idle = Service.start(data, "--shatterlab.roles=api");
        JsonNode queued = submit(idle, experiment(1, 5));
        String self = queued.get("links").get("self").asString();
        HttpResponse<Stream<String>> stream = open(idle, queued, null);
        CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + idle.port() + self + "?wait=60"))
                        .build(),
                BodyHandlers.ofString());
        Thread.sleep(500);
        assertThat(waiting).isNotDone();

        Instant stopped = Instant.now();
        idle.close();
        assertThat(Duration.between(stopped, Instant.now())).isLessThan(Duration.ofSeconds(15));
        assertThat(waiting.get().statusCode()).isEqualTo(200);
        assertThat(events(stream.body())).extracting(ReceivedEvent::state).containsExactly("QUEUED");
    }
}
