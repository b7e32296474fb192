package org.shatterlab;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A separate process that runs a program from the class path of the tests. A test can kill the process. */
public final class JavaProcess implements AutoCloseable {

    /** Options for a fast start and little memory. A short-lived process spends most of its time on the start. */
    public static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

    private static final List<String> INHERITED = List.of("DJL_CACHE_DIR", "java.awt.headless");

    private final Process process;
    private final Path output;

    private JavaProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a short-lived program and writes its output to a file. */
    public static JavaProcess start(Path output, Class<?> main, List<String> arguments) {
        return start(output, SHORT_LIVED, main, arguments);
    }

    /** Starts a program on a JVM with these options. */
    public static JavaProcess start(Path output, List<String> options, Class<?> main, List<String> arguments) {
        return start(output, options, Map.of(), main, arguments);
    }

    /** Starts a program on a JVM with these options and additional environment variables. */
    public static JavaProcess start(
            Path output, List<String> options, Map<String, String> environment, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(options);
        for (String property : INHERITED) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        File file = output.toFile();
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file);
            builder.environment().putAll(environment);
            return new JavaProcess(builder.start(), output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Returns the output of the program so far. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the exit status when the process has ended. */
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /**
     * Requires that the process runs.
     *
     * @throws IllegalStateException with the output, if the process has ended
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("The process ended with " + process.exitValue() + ":\n" + output());
        }
    }

    /** Kills the process as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
