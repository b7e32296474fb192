package org.shatterlab.service.support;

import static java.nio.charset.StandardCharsets.US_ASCII;

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

/** A process of the service, which can be sent signals and whose log can be read. */
public record ServiceNode(String name, JavaProcess process, int port, Service client) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a process and does not wait for it; its log is in its data folder. */
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

    /** Starts a short-lived process of one role on another one's database. */
    public static ServiceNode start(Path dataFolder, Service other, String role) {
        List<String> arguments = new ArrayList<>(other.databaseArguments());
        arguments.add("--shatterlab.roles=" + role);
        return start(dataFolder, freePort(), JavaProcess.SHORT_LIVED, arguments);
    }

    public ServiceNode awaitReady() {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!isReady()) {
            process.requireAlive();
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException(name + " is not ready in " + PATIENCE + ":\n" + process.output());
            }
            Service.sleep();
        }
        return this;
    }

    /** Whether it says that it is, as a load balancer asks. */
    public boolean isReady() {
        try {
            return get("/actuator/health/readiness").status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    public RawHttp.Answer get(String path) throws IOException {
        return RawHttp.exchange(port, request("GET", path, ""), false);
    }

    public RawHttp.Answer post(String path, String body, String... headers) throws IOException {
        return RawHttp.exchange(port, request("POST", path, body, headers), false);
    }

    public static byte[] request(String method, String path, String body, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            head.append("Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n");
        }
        return head.append("\r\n").append(body).toString().getBytes(US_ASCII);
    }

    /** Sends it a signal, of this name without SIG. */
    public void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
            if (exit != 0) {
                throw new IllegalStateException(name + " cannot be sent " + signal);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return !process.exit().isDone();
    }

    /** Its exit status; -1 where it has not ended by itself within this time. */
    public int awaitExit(Duration most) {
        return process.exit()
                .completeOnTimeout(-1, most.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Whether its memory has a file mapped with this in its name; on Linux only. */
    public boolean hasMapped(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "maps"))
                    .contains(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it as {@code kill -9} does. */
    @Override
    public void close() {
        process.close();
        client.close();
    }
}
