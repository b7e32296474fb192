package org.shatterlab.service.submission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.service.support.SecuredService.BOTH;
import static org.shatterlab.service.support.SecuredService.READER;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.RawResponse;
import org.shatterlab.service.support.SecuredService;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/** Tests that clients which send or read slowly, or open many connections, do not slow down other clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientsIT {

    private static final int MAX_CONNECTIONS = 100;
    private static final int MAX_STREAMS_PER_TOKEN = 5;
    private static final int PROBE_PORT = ServiceNode.freePort();
    private static final Duration PROMPT = Duration.ofSeconds(5);
    private static final String HALF_HEADER = "GET /api/v1/presets HTTP/1.1\r\nHost: local";

    private Service service;
    private Service reader;
    private final List<Socket> clients = new ArrayList<>();

    @BeforeAll
    void start(@TempDir Path data) {
        service = SecuredService.startApi(
                        data,
                        List.of(
                                "--shatterlab.security.tokens.both.sha256=" + SecuredService.sha256(BOTH),
                                "--shatterlab.security.tokens.both.scopes=read,write",
                                "--shatterlab.security.tokens.reader.sha256=" + SecuredService.sha256(READER),
                                "--shatterlab.security.tokens.reader.scopes=read",
                                "--shatterlab.limits.body-time=12s",
                                "--shatterlab.limits.header-time=6s",
                                "--shatterlab.limits.streams=8",
                                "--shatterlab.limits.streams-per-token=" + MAX_STREAMS_PER_TOKEN,
                                "--shatterlab.probe-port=" + PROBE_PORT,
                                "--server.tomcat.max-connections=" + MAX_CONNECTIONS))
                .withToken(BOTH);
        reader = service.withToken(READER);
        assertOthersAreServed();
    }

    @AfterEach
    void closeClients() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
        // The service notices the end of a connection a moment later.
        byte[] request = head("GET", "/api/v1/presets", READER, "").getBytes(ISO_8859_1);
        while (RawHttp.exchange(service.port(), request, false).status() == 503) {
            Thread.sleep(100);
        }
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private Socket send(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
        clients.add(socket);
        socket.setSoTimeout(30_000);
        write(socket, text);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static RawResponse read(Socket socket) throws IOException {
        return RawHttp.read(new BufferedInputStream(socket.getInputStream()), false);
    }

    private static String head(String method, String path, String token, String headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n") + headers + "\r\n";
    }

    private static String submissionHead(String token) {
        return head("POST", "/api/v1/experiments", token, "Content-Type: application/json\r\nContent-Length: 1000\r\n");
    }

    private void assertProblem(RawResponse response, int status, String code) {
        assertThat(response.status())
                .as(new String(response.body(), ISO_8859_1))
                .isEqualTo(status);
        assertThat(response.header("Content-Type")).hasValue("application/problem+json");
        assertThat(service.json.readTree(response.body()).get("code").asString())
                .isEqualTo(code);
    }

    /** Sends a byte on each connection, like a client that keeps a slow request alive. */
    private void trickle() {
        for (Socket client : clients) {
            try {
                write(client, " ");
            } catch (IOException _) {
                // The server may have closed the connection, and the test checks this elsewhere.
            }
        }
    }

    private void assertOthersAreServed() {
        for (String path : List.of("/api/v1/presets", "/api/v1/experiments", "/actuator/health/liveness")) {
            Instant start = Instant.now();
            assertThat(reader.get(path).statusCode()).as(path).isEqualTo(200);
            if (!clients.isEmpty()) {
                assertThat(Duration.between(start, Instant.now())).as(path).isLessThan(PROMPT);
            }
        }
    }

    private RawResponse probe(String path) throws IOException {
        return RawHttp.exchange(PROBE_PORT, head("GET", path, READER, "").getBytes(ISO_8859_1), false);
    }

    @Test
    void rejectsTokenBeforeBodyArrives() throws IOException {
        assertProblem(read(send(submissionHead(""))), 401, "unauthenticated");
    }

    @Test
    void rejectsWrongScopeBeforeBodyArrives() throws IOException {
        assertProblem(read(send(submissionHead(READER))), 403, "forbidden");
    }

    @Test
    void rejectsBodiesOfReads() throws IOException {
        String length = "Content-Length: 1000\r\n";
        assertProblem(read(send(head("GET", "/api/v1/presets", READER, length))), 400, "malformed-request");
        RawResponse response = RawHttp.read(
                send(head("HEAD", "/api/v1/presets", READER, length)).getInputStream(), true);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.header("Connection")).hasValue("close");
    }

    @Test
    void tricklingBodiesDelayNobody() throws Exception {
        for (int i = 0; i < 80; i++) {
            send(submissionHead(BOTH));
        }
        for (int i = 0; i < 3; i++) {
            trickle();
            assertOthersAreServed();
            Thread.sleep(500);
        }
        for (Socket client : clients) {
            assertProblem(read(client), 408, "request-timeout");
        }
    }

    /** The extension of a chunk has no end, so the server reads it within one step. */
    @Test
    void limitsTimeOfTricklingChunk() throws Exception {
        Socket client = send(head(
                "POST",
                "/api/v1/experiments",
                BOTH,
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"));
        write(client, "1;");
        Instant start = Instant.now();
        while (client.getInputStream().available() == 0
                && Duration.between(start, Instant.now()).toSeconds() < 30) {
            write(client, "x");
            Thread.sleep(200);
        }
        assertProblem(read(client), 400, "malformed-request");
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(25));
    }

    @Test
    void dropsHeadersThatTakeTooLong() throws Exception {
        for (int i = 0; i < 200; i++) {
            send(HALF_HEADER);
        }
        Instant start = Instant.now();
        while (Duration.between(start, Instant.now()).toSeconds() < 9) {
            trickle();
            Thread.sleep(500);
        }
        for (Socket client : clients) {
            client.setSoTimeout(2000);
            assertThat(isClosed(client)).isTrue();
        }
    }

    private static boolean isClosed(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException _) {
            return true;
        }
    }

    @Test
    void halfHeadersGiveWayToRequests() throws IOException {
        for (int i = 0; i < 2 * MAX_CONNECTIONS; i++) {
            send(HALF_HEADER);
        }
        assertThat(read(send(head("GET", "/api/v1/presets", READER, ""))).status())
                .isEqualTo(200);
        assertOthersAreServed();
    }

    @Test
    void refusesConnectionsWhenAllServe() throws IOException {
        RawResponse refusal = null;
        for (int i = 0; refusal == null; i++) {
            assertThat(i).as("connections").isLessThan(2 * MAX_CONNECTIONS);
            Socket client = send(submissionHead(BOTH));
            if (i >= MAX_CONNECTIONS) {
                client.setSoTimeout(200);
                refusal = readInTime(client);
            }
        }
        assertProblem(refusal, 503, "busy");
        assertThat(refusal.header("Retry-After")).hasValue("1");
        assertThat(refusal.header("Connection")).hasValue("close");
        assertThat(probe("/actuator/health/readiness").status()).isEqualTo(200);
    }

    private static @Nullable RawResponse readInTime(Socket client) throws IOException {
        try {
            return read(client);
        } catch (SocketTimeoutException _) {
            return null;
        }
    }

    @Test
    void probePortAnswersProbesOnly() throws IOException {
        assertThat(probe("/actuator/health/liveness").status()).isEqualTo(200);
        assertProblem(probe("/api/v1/presets"), 404, "not-found");
        assertProblem(probe("/actuator/healthy"), 404, "not-found");
    }

    @Test
    void limitsStreamsOfToken() throws IOException {
        JsonNode experiment =
                service.json.readTree(service.submit(String.format(Locale.ROOT, SecuredService.EXPERIMENT, 1))
                        .body());
        String self = experiment.get("links").get("self").asString();
        String events = head("GET", self + "/events", BOTH, "Accept: text/event-stream\r\nConnection: close\r\n");
        for (int i = 0; i < MAX_STREAMS_PER_TOKEN; i++) {
            assertStarts(send(events), "HTTP/1.1 200");
        }
        assertProblem(read(send(events)), 503, "busy");
        assertThat(service.get(self + "?wait=1").statusCode()).isEqualTo(503);
        assertStarts(send(events.replace(BOTH, READER)), "HTTP/1.1 200");
        // The streams end with the experiment, and make room for others.
        assertThat(service.call("POST", self + "/cancel", "").statusCode()).isEqualTo(202);
        for (Socket client : clients) {
            client.getInputStream().readAllBytes();
        }
        assertThat(service.get(self + "?wait=1").statusCode()).isEqualTo(200);
    }

    private static void assertStarts(Socket client, String start) throws IOException {
        assertThat(new String(client.getInputStream().readNBytes(start.length()), ISO_8859_1))
                .isEqualTo(start);
    }

    @Test
    void theoryDelaysNobody() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> requests = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                requests.add(executor.submit(() -> service.get("/api/v1/theory?family=resnet&depths=1000&points=600")
                        .statusCode()));
            }
            send(HALF_HEADER);
            for (int i = 0; i < 5; i++) {
                assertOthersAreServed();
            }
            Set<Integer> statuses = Set.of(200, 503);
            for (Future<Integer> request : requests) {
                assertThat(request.get()).isIn(statuses);
            }
        }
    }
}
