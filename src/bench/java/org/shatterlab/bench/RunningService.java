package org.shatterlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service that runs from the jar in a separate process, as users start it.
 *
 * @param base the URL of the service without a path
 * @param secondsToReady the time from the start of the process to the first positive readiness probe
 */
record RunningService(Process process, String base, double secondsToReady) implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** A jar with the options of the Java process that runs it. */
    record Program(Path jar, List<String> javaOptions) {

        static final Program JAR = new Program(Path.of("target", "shatterlab.jar"), List.of());

        Program with(String option) {
            List<String> options = new ArrayList<>(javaOptions);
            options.add(option);
            return new Program(jar, List.copyOf(options));
        }

        /**
         * Unpacks the jar and trains an ahead-of-time cache, as operations.md describes.
         *
         * @throws IllegalStateException if the training leaves no cache
         */
        static Program trained(Path folder) throws IOException, InterruptedException {
            Path cache = folder.resolve("shatterlab.aot");
            Program unpacked = new Program(folder.resolve("shatterlab.jar"), List.of());
            runToEnd(JAR.with("-Djarmode=tools").command("extract", "--destination", folder.toString()));
            start(folder.resolveSibling("training"), unpacked.with("-XX:AOTCacheOutput=" + cache), List.of())
                    .close();
            if (!Files.exists(cache)) {
                throw new IllegalStateException("The training run did not write " + cache + ".");
            }
            return unpacked.with("-XX:AOTCache=" + cache);
        }

        private static void runToEnd(List<String> command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed with exit code " + process.exitValue() + ".");
            }
        }

        private List<String> command(String... arguments) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(javaOptions);
            command.addAll(List.of("-jar", jar.toString()));
            command.addAll(List.of(arguments));
            return command;
        }
    }

    /**
     * Starts a service on a data folder and waits until the service is ready.
     *
     * @throws IllegalStateException if the process ends or is not ready within two minutes
     */
    static RunningService start(Path dataFolder, Program program, List<String> arguments)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = program.command(
                "--server.port=" + port, "--shatterlab.welcome=false", "--shatterlab.data-dir=" + dataFolder);
        command.addAll(arguments);
        Files.createDirectories(dataFolder);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dataFolder.resolve("log").toFile())
                .start();
        String base = "http://127.0.0.1:" + port;
        while (!isReady(base)) {
            if (!process.isAlive() || System.nanoTime() - start > TIMEOUT.toNanos()) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "The service did not start. Its log is:\n" + Files.readString(dataFolder.resolve("log")));
            }
            Thread.sleep(POLL_INTERVAL);
        }
        return new RunningService(process, base, (System.nanoTime() - start) / 1e9);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isReady(String base) throws InterruptedException {
        try {
            return HTTP.send(
                                    HttpRequest.newBuilder(URI.create(base + "/actuator/health/readiness"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Submits an experiment and waits until it succeeds.
     *
     * @throws IllegalStateException if the experiment ends in another state
     */
    JsonNode run(String body) throws IOException, InterruptedException {
        JsonNode experiment = submit(body);
        String self = experiment.get("links").get("self").asString();
        while (experiment.get("finishedAt").isNull()) {
            experiment = get(self + "?wait=30");
        }
        if (!experiment.get("state").asString().equals("SUCCEEDED")) {
            throw new IllegalStateException(experiment.toString());
        }
        return experiment;
    }

    JsonNode submit(String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(base + "/api/v1/experiments"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(base + path)).build());
    }

    private static JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IllegalStateException(response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Returns the number of lines of a CSV response, which the method reads as a stream. */
    long countLines(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .header("Accept", "text/csv")
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        long lines = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream body = response.body()) {
            for (int read; (read = body.read(buffer)) >= 0; ) {
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        }
        return lines;
    }

    /** Returns the peak resident memory of the process in MiB. The method works on Linux only. */
    double peakResidentMemory() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"), UTF_8)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow()
                    / 1024.0;
        }
    }

    /** Stops the process as an init system does, and kills the process after a timeout. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
