package org.shatterlab;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A program on the class path of the tests in a process of its own, that can be killed. */
public final class JavaProcess implements AutoCloseable {

    /** A short life is mostly start: no compiler that takes its time, no more memory than it needs. */
    public static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

    private static final List<String> INHERITED = List.of("DJL_CACHE_DIR", "java.awt.headless");

    private final Process process;
    private final Path output;

    private JavaProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a program; what it prints goes to a file. */
    public static JavaProcess start(Path output, Class<?> main, List<String> arguments) {
        return start(output, SHORT_LIVED, main, arguments);
    }

    /** Starts a program on a Java machine with these options. */
    public static JavaProcess start(Path output, List<String> options, Class<?> main, List<String> arguments) {
        return start(output, options, Map.of(), main, arguments);
    }

    /** The same with more variables of its environment. */
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

    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The exit status, once it has ended. */
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Fails where it has ended. */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("It ended with " + process.exitValue() + ":\n" + output());
        }
    }

    /** Kills it as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
