package org.shatterlab.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.shatterlab.lab.statistic.Estimate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs {@code src/bench/peer/figure2.py}, a plain PyTorch script for the same computation.
 *
 * <p>The script shows the time that a user without the service would need.
 */
final class Peer {

    private static final Path SCRIPT = Path.of("src", "bench", "peer", "figure2.py");
    private static final JsonMapper JSON = new JsonMapper();

    private Peer() {}

    /** A Python with PyTorch. The first {@code python3} on the path may not see the packages of the system's Python. */
    private static final Optional<String> PYTHON =
            Stream.of("python3", "/usr/bin/python3").filter(Peer::hasTorch).findFirst();

    private static boolean hasTorch(String python) {
        try {
            return new ProcessBuilder(python, "-c", "import torch")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .onExit()
                            .join()
                            .exitValue()
                    == 0;
        } catch (IOException _) {
            return false;
        }
    }

    static boolean isAvailable() {
        return PYTHON.isPresent();
    }

    /**
     * Computes a workload with the script.
     *
     * @param threads the number of threads of PyTorch
     * @throws IllegalStateException if the script fails
     */
    static Workload.Outcome compute(Workload workload, int threads) throws IOException {
        Process process = new ProcessBuilder(PYTHON.orElseThrow(), SCRIPT.toString(), Integer.toString(threads))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream input = process.getOutputStream()) {
            JSON.writeValue(input, workload.body());
        }
        JsonNode answer = JSON.readTree(process.getInputStream());
        int exit = process.onExit().join().exitValue();
        if (exit != 0) {
            throw new IllegalStateException(SCRIPT + " failed with exit code " + exit + ".");
        }
        Map<Workload.WorkloadRowKey, Estimate> estimates = new TreeMap<>();
        for (JsonNode row : answer.get("rows")) {
            estimates.put(
                    new Workload.WorkloadRowKey(
                            row.get("network").asString(),
                            row.get("depth").asInt(),
                            row.get("statistic").asString(),
                            row.get("index").asInt()),
                    new Estimate(
                            row.get("value").asDouble(),
                            null,
                            row.get("standardError").asDouble(),
                            workload.body().get("runs").asInt()));
        }
        return new Workload.Outcome(answer.get("seconds").asDouble(), estimates);
    }

    /**
     * Returns the statistics in which two computations with independent draws differ by too many standard errors.
     *
     * @param maxErrors the allowed difference in standard errors
     */
    static List<String> disagreements(
            Map<Workload.WorkloadRowKey, Estimate> ours,
            Map<Workload.WorkloadRowKey, Estimate> theirs,
            double maxErrors) {
        return theirs.keySet().stream()
                .filter(key -> {
                    Estimate a = Objects.requireNonNull(ours.get(key), () -> "No estimate of the lab for " + key);
                    Estimate b = theirs.get(key);
                    return Math.abs(a.mean() - b.mean()) > maxErrors * Math.hypot(a.standardError(), b.standardError());
                })
                .map(key -> key + ": " + ours.get(key) + " and " + theirs.get(key))
                .toList();
    }
}
