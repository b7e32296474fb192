package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests reads of CSV rows that fail before the first row is sent and in the middle of the stream. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenStreamIT {

    private static final String SPEC = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5,
             "statistics": ["gradient-variance"]}""";

    private Service service;
    private JsonNode experiment;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
        experiment = service.run(SPEC);
        // The rows far exceed the buffers at both ends of a connection.
        service.execute("""
                insert into cell_row select fingerprint, statistic, depth, i, count, mean, m2
                from cell_row, generate_series(1, 150000) i""");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private static String results(JsonNode experiment) {
        return experiment.get("links").get("results").asString();
    }

    /** The statement also waits for every transaction that reads rows, so a stream must not hold one. */
    @Test
    void failureMidStreamBreaksResponse() throws IOException {
        assertBroken(experiment, () -> service.execute("alter table cell_row rename column mean to other"));
        service.execute("alter table cell_row rename column other to mean");
    }

    @Test
    void deletionMidStreamBreaksResponse() throws IOException {
        JsonNode copy = service.run(SPEC);
        assertBroken(
                copy,
                () -> assertThat(service.call(
                                        "DELETE", copy.get("links").get("self").asString(), "")
                                .statusCode())
                        .isEqualTo(204));
    }

    /** Starts to read rows, makes the next read of the service fail, and reads on. */
    private void assertBroken(JsonNode read, Runnable failure) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(1 << 16);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()));
            socket.getOutputStream()
                    .write(("GET " + results(read) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/csv\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            in.mark(1 << 12);
            assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
            in.reset();
            failure.run();
            assertThatThrownBy(() -> RawHttp.read(in, false)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void failureBeforeStreamReturnsProblem() {
        service.execute("alter table cell_row rename column mean to other");
        try {
            HttpResponse<String> failed = service.get(results(experiment), "Accept", "text/csv");
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(failed.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(service.json.readTree(failed.body()).get("code").asString())
                    .isEqualTo("internal-error");
        } finally {
            service.execute("alter table cell_row rename column other to mean");
        }
        assertThat(service.get(results(experiment) + "?limit=1").statusCode()).isEqualTo(200);
    }
}
