package org.shatterlab.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processor of this machine. The engine chooses its kernels by model and vector instructions, and kernels round
 * differently.
 */
final class Processor {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** The vector instructions that select kernels, the widest first. The names are those of Linux. */
    private static final List<String> VECTORS = List.of("amx_tile", "avx512f", "avx2", "sve2", "sve", "asimd");

    /** The keys that name a model: one on x86, the others together on ARM. */
    private static final List<String> MODEL_KEYS = List.of("model name", "CPU implementer", "CPU part");

    private Processor() {}

    /** Returns the model and the widest vector instructions. Returns null where Linux does not describe the processor. */
    static @Nullable String name() {
        try {
            return name(Files.readAllLines(CPU_INFO));
        } catch (IOException e) {
            return null;
        }
    }

    /** Reads the first processor of the lines of {@code /proc/cpuinfo}. Returns null if the lines name no model. */
    static @Nullable String name(List<String> lines) {
        List<String> first = lines.stream().takeWhile(line -> !line.isBlank()).toList();
        String model = MODEL_KEYS.stream()
                .flatMap(key ->
                        value(first, key).map(value -> key.equals("model name") ? value : key + " " + value).stream())
                .collect(Collectors.joining(", "));
        List<String> flags = Stream.of("flags", "Features")
                .flatMap(key -> value(first, key).stream())
                .flatMap(value -> Stream.of(value.split(" ")))
                .toList();
        Optional<String> vectors = VECTORS.stream().filter(flags::contains).findFirst();
        return model.isEmpty()
                ? null
                : model + vectors.map(name -> " (" + name + ")").orElse("");
    }

    private static Optional<String> value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.matches(key + "\\s*:.*"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }
}
