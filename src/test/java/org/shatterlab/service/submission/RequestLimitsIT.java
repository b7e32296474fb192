package org.shatterlab.service.submission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.RawResponse;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;

/** Tests the limits on the size of requests and on the time that a client may take to send a request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestLimitsIT {

    private static final String SUBMIT =
            "POST /api/v1/experiments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    private static final String CANCEL =
            "POST /api/v1/experiments/x/cancel HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(
                data,
                "--shatterlab.roles=api",
                "--shatterlab.limits.body-time=2s",
                "--server.tomcat.connection-timeout=3s");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private void assertProblem(RawResponse response, int status, String code) {
        assertThat(response.status())
                .as(new String(response.body(), ISO_8859_1))
                .isEqualTo(status);
        assertThat(response.header("Content-Type")).hasValue("application/problem+json");
        assertThat(service.json.readTree(response.body()).get("code").asString())
                .isEqualTo(code);
    }

    private RawResponse get(String path, String headers) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
        return RawHttp.exchange(service.port(), request.getBytes(ISO_8859_1), false);
    }

    @Test
    void rejectsTooLargeHeaders() throws IOException {
        assertThat(get("/api/v1/presets", "Big: " + "x".repeat(15_000) + "\r\n").status())
                .isEqualTo(200);
        assertProblem(get("/api/v1/presets", "Big: " + "x".repeat(17_000) + "\r\n"), 431, "headers-too-large");
        assertProblem(
                get("/api/v1/presets", "Big: x\r\n".repeat(90) + "Big: " + "x".repeat(16_200) + "\r\n"),
                431,
                "headers-too-large");
        assertProblem(get("/api/v1/presets", "Big: " + "x".repeat(1 << 20) + "\r\n"), 400, "malformed-request");
    }

    /** The framework fails on an address that is no URI, so no library fills in the instance of the problem. */
    @Test
    void answersAddressThatIsNoUri() throws IOException {
        RawHttp.RawResponse response = RawHttp.exchange(service.port(), ServiceNode.request("GET", "//", ""), false);
        assertThat(response.status()).isEqualTo(404);
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .contains("\"code\":\"not-found\"", "\"instance\":\"about:blank\"");
    }

    @Test
    void rejectsTooLongAddresses() throws IOException {
        assertThat(get("/api/v1/experiments?name=" + "x".repeat(200), "").status())
                .isEqualTo(200);
        assertProblem(get("/api/v1/presets?a=" + "x".repeat(8200), ""), 414, "address-too-long");
        assertProblem(get("/" + "x".repeat(8200), ""), 414, "address-too-long");
        assertProblem(get("/" + "x".repeat(1 << 20), ""), 400, "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {SUBMIT, CANCEL})
    void rejectsTooLargeBodies(String head) throws IOException {
        for (int size : List.of((1 << 20) + 1, 15 << 20)) {
            byte[] request = (head + "Content-Length: " + size + "\r\n\r\n" + " ".repeat(size)).getBytes(ISO_8859_1);
            assertProblem(RawHttp.exchange(service.port(), request, false), 413, "body-too-large");
        }
    }

    /** A response and the time from the start of the request to its end. */
    private record TimedResponse(RawResponse response, Duration time) {}

    /**
     * Sends the head of a request, then a filler every 200 ms until the server responds or 20 s have passed.
     *
     * @param filler bytes of one step; empty to send nothing more
     */
    private TimedResponse drip(String head, String filler) throws IOException, InterruptedException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(30_000);
            Instant start = Instant.now();
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(ISO_8859_1));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (in.available() == 0 && Duration.between(start, Instant.now()).toSeconds() < 20) {
                out.write(filler.getBytes(ISO_8859_1));
                Thread.sleep(200);
            }
            return new TimedResponse(RawHttp.read(in, false), Duration.between(start, Instant.now()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SUBMIT, CANCEL})
    void rejectsDrippingBodiesWithoutHoldingThreads(String head) throws Exception {
        List<Callable<TimedResponse>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(() -> drip(head + "Content-Length: 100000\r\n\r\n", " "));
            clients.add(() -> drip(head + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"));
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(clients.size())) {
            for (Future<TimedResponse> client : executor.invokeAll(clients)) {
                assertProblem(client.get().response(), 408, "request-timeout");
                assertThat(client.get().time()).isLessThan(Duration.ofSeconds(15));
            }
        }
        Instant start = Instant.now();
        assertThat(service.get("/api/v1/presets").statusCode()).isEqualTo(200);
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void rejectsBodyThatStops() throws Exception {
        TimedResponse stopped = drip(SUBMIT + "Content-Length: 100000\r\n\r\n{", "");
        assertProblem(stopped.response(), 408, "request-timeout");
        assertThat(stopped.time()).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void closesConnectionWhenHeadersStop() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET /api/v1/presets HTTP/1.1\r\nHo".getBytes(ISO_8859_1));
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }
}
