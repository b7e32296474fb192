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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service as its users start it, from the jar, in a process of its own.
 *
 * @param secondsToReady from the start of the process to its first answer that it is ready
 */
record RunningService(Process process, String base, double secondsToReady) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** What is started. */
    record Program(Path jar, List<String> javaOptions) {

        static final Program JAR = new Program(Path.of("target", "shatterlab.jar"), List.of());

        Program with(String option) {
            List<String> options = new ArrayList<>(javaOptions);
            options.add(option);
            return new Program(jar, List.copyOf(options));
        }

        /** The jar unpacked, with an ahead-of-time cache, as the README says and the image has it. */
        static Program trained(Path folder) throws IOException, InterruptedException {
            Path cache = folder.resolve("shatterlab.aot");
            Program unpacked = new Program(folder.resolve("shatterlab.jar"), List.of());
            finish(JAR.with("-Djarmode=tools").command("extract", "--destination", folder.toString()));
            start(folder.resolveSibling("training"), unpacked.with("-XX:AOTCacheOutput=" + cache), List.of())
                    .close();
            if (!Files.exists(cache)) {
                throw new IllegalStateException("the training has left no " + cache);
            }
            return unpacked.with("-XX:AOTCache=" + cache);
        }

        private static void finish(List<String> command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " ended with " + process.exitValue());
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

    /** Starts it on a data folder, and waits until it is ready. */
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
            if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
                process.destroyForcibly();
                throw new IllegalStateException("not ready:\n" + Files.readString(dataFolder.resolve("log")));
            }
            Thread.sleep(PAUSE);
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

    /** Submits an experiment and waits until it has succeeded. */
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
        return ask(HttpRequest.newBuilder(URI.create(base + "/api/v1/experiments"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(URI.create(base + path)).build());
    }

    private static JsonNode ask(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IllegalStateException(response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** How many lines an answer in CSV has, read as it comes. */
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

    /** Of the process, in MiB; on Linux only. */
    double peakResidentMemory() throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"), UTF_8)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow()
                    / 1024.0;
        }
    }

    /** Asks it to stop, as an init system does. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
