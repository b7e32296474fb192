package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests that clients which do not read their CSV leave the service to the others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowReadersIT {

    private static final int MAX_STREAMS = 16;

    private final List<Socket> clients = new ArrayList<>();
    private Service service;
    private JsonNode experiment;

    @BeforeAll
    void start(@TempDir Path data) {
        // The server does not close the connections of slow readers during a test.
        service = Service.start(data, "--server.tomcat.connection-timeout=5m");
        experiment = service.run("""
                {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5,
                 "statistics": ["gradient-variance"]}""");
        // The rows far exceed the buffers at both ends of a connection.
        service.execute("""
                insert into cell_row select fingerprint, statistic, depth, i, count, mean, m2
                from cell_row, generate_series(1, 150000) i""");
    }

    @AfterEach
    void disconnect() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private String results() {
        return experiment.get("links").get("results").asString();
    }

    /** Requests CSV until the server has room, because streams of an earlier test may be about to end. */
    private void openStream() throws IOException {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!requestStream().equals("HTTP/1.1 200")) {
            assertThat(Instant.now()).isBefore(deadline);
        }
    }

    /** Requests CSV, and reads no more than the beginning of the status line. */
    private String requestStream() throws IOException {
        Socket socket = new Socket();
        clients.add(socket);
        socket.setReceiveBufferSize(1 << 12);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()));
        socket.getOutputStream()
                .write(("GET " + results() + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/csv\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    private void awaitNoTransaction() {
        Instant deadline = Instant.now().plusSeconds(30);
        while (service.count("""
                        pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                          and state like 'idle in transaction%' and query like '%cell_row%'""") > 0) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }

    @Test
    void slowReadersHoldNoConnection() throws IOException {
        for (int client = 0; client < 12; client++) {
            openStream();
        }
        awaitNoTransaction();
        for (int i = 0; i < 9; i++) {
            Instant start = Instant.now();
            assertThat(service.get("/api/v1/experiments").statusCode()).isEqualTo(200);
            assertThat(service.get(results() + "?limit=10").statusCode()).isEqualTo(200);
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void rejectsMoreStreamsThanLimit() throws Exception {
        for (int client = 0; client < MAX_STREAMS; client++) {
            openStream();
        }
        HttpResponse<String> rejected = service.get(results(), "Accept", "text/csv");
        assertThat(rejected.statusCode()).isEqualTo(503);
        assertThat(rejected.headers().firstValue("Retry-After")).isPresent();
        assertThat(service.json.readTree(rejected.body()).get("code").asString())
                .isEqualTo("busy");
        assertThat(service.get(results() + "?limit=10").statusCode()).isEqualTo(200);
        disconnect();
        Instant deadline = Instant.now().plusSeconds(30);
        while (service.get(results() + "?depth=7", "Accept", "text/csv").statusCode() != 200) {
            assertThat(Instant.now()).isBefore(deadline);
        }
    }
}
