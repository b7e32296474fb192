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

/** The program that one would write without this service, {@code src/bench/peer/figure2.py}. */
final class Peer {

    private static final Path SCRIPT = Path.of("src", "bench", "peer", "figure2.py");
    private static final JsonMapper JSON = new JsonMapper();

    private Peer() {}

    /** A Python with PyTorch: the first that there is, or the system's, whose packages the first may not see. */
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

    static boolean isThere() {
        return PYTHON.isPresent();
    }

    /** Computes a workload with so many threads of the engine. */
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
            throw new IllegalStateException(SCRIPT + " ended with " + exit);
        }
        Map<Workload.Key, Estimate> estimates = new TreeMap<>();
        for (JsonNode row : answer.get("rows")) {
            estimates.put(
                    new Workload.Key(
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

    /** The statistics of which two computations, whose draws are independent, differ by more errors than chance allows. */
    static List<String> disagreements(
            Map<Workload.Key, Estimate> ours, Map<Workload.Key, Estimate> theirs, double errors) {
        return theirs.keySet().stream()
                .filter(key -> {
                    Estimate a = Objects.requireNonNull(ours.get(key), () -> "nothing for " + key);
                    Estimate b = theirs.get(key);
                    return Math.abs(a.mean() - b.mean()) > errors * Math.hypot(a.standardError(), b.standardError());
                })
                .map(key -> key + ": " + ours.get(key) + " and " + theirs.get(key))
                .toList();
    }
}
