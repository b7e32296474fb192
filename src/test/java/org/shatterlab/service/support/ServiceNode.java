package org.shatterlab.service.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.shatterlab.JavaProcess;
import org.shatterlab.ShatterlabApplication;

/**
 * A process of the service. Tests can send signals to the process and read its log.
 *
 * @param name name of its data folder
 * @param process process of the operating system
 * @param port port on the loopback interface
 * @param client client of its API, which checks every response against the contract
 */
public record ServiceNode(String name, JavaProcess process, int port, Service client) implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /** Returns a port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a process and does not wait until the process is ready. Its log is the file {@code log} in its data
     * folder.
     */
    public static ServiceNode start(Path dataFolder, int port, List<String> options, List<String> arguments) {
        List<String> all = new ArrayList<>(
                List.of("--server.port=" + port, "--shatterlab.welcome=false", "--shatterlab.data-dir=" + dataFolder));
        all.addAll(arguments);
        try {
            Files.createDirectories(dataFolder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ServiceNode(
                dataFolder.getFileName().toString(),
                JavaProcess.start(dataFolder.resolve("log"), options, ShatterlabApplication.class, all),
                port,
                Service.at("http://127.0.0.1:" + port));
    }

    /** Starts a short-lived process of one role on the database of another service. */
    public static ServiceNode start(Path dataFolder, Service other, String role) {
        List<String> arguments = new ArrayList<>(other.databaseArguments());
        arguments.add("--shatterlab.roles=" + role);
        return start(dataFolder, freePort(), JavaProcess.SHORT_LIVED, arguments);
    }

    /**
     * Waits until the process is ready.
     *
     * @throws IllegalStateException if the process ends or does not become ready in time
     */
    public ServiceNode awaitReady() {
        Instant deadline = Instant.now().plus(TIMEOUT);
        while (!isReady()) {
            process.requireAlive();
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException(
                        name + " did not become ready within " + TIMEOUT + ". Its log:\n" + process.output());
            }
            Service.sleep();
        }
        return this;
    }

    /** Returns whether the readiness probe succeeds, as a load balancer sees it. */
    public boolean isReady() {
        try {
            return get("/actuator/health/readiness").status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /** Sends a GET request on a new connection, without a check against the contract. */
    public RawHttp.RawResponse get(String path) throws IOException {
        return RawHttp.exchange(port, request("GET", path, ""), false);
    }

    /**
     * Sends a POST request on a new connection, without a check against the contract.
     *
     * @param headers header lines
     */
    public RawHttp.RawResponse post(String path, String body, String... headers) throws IOException {
        return RawHttp.exchange(port, request("POST", path, body, headers), false);
    }

    /**
     * Returns the bytes of a request.
     *
     * @param body JSON in ASCII or ISO 8859-1; empty for no body
     * @param headers header lines
     */
    public static byte[] request(String method, String path, String body, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            head.append("Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n");
        }
        return head.append("\r\n").append(body).toString().getBytes(ISO_8859_1);
    }

    /**
     * Sends a signal to the process.
     *
     * @param signal name of the signal without {@code SIG}
     */
    public void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
            if (exit != 0) {
                throw new IllegalStateException("Cannot send SIG" + signal + " to " + name + ".");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return !process.exit().isDone();
    }

    /**
     * Waits for the end of the process and returns its exit status, or -1 if the process did not end within the
     * timeout.
     */
    public int awaitExit(Duration timeout) {
        return process.exit()
                .completeOnTimeout(-1, timeout.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Returns whether the process has mapped a file whose path contains this text. Works on Linux only. */
    public boolean hasMapped(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "maps"))
                    .contains(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the process, as {@code kill -9} does, and closes its client. */
    @Override
    public void close() {
        process.close();
        client.close();
    }
}
