package org.shatterlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.Estimate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The PyTorch scripts for the same computation in {@code src/bench/peer}. They show the time that a user without the
 * service would need.
 */
enum Peer {
    /** The script in the usual style of research code, with one network per depth and autograd. */
    AUTOGRAD("figure2.py"),
    /** The script that takes the gradients of all depths from one pass, without autograd. */
    TANGENTS("tangents.py");

    /** The smallest share of the lab's rate of matrix products at which a comparison with the peers is fair. */
    private static final double MIN_PRODUCT_RATE = 0.7;

    /**
     * The allowed difference of the two scripts with equal weights, as a share of the value or of its error. It is the
     * rounding of float32.
     */
    private static final double MAX_ROUNDING = 1e-6;

    private static final Path FOLDER = Path.of("src", "bench", "peer");
    private static final JsonMapper JSON = new JsonMapper();

    /** A Python with PyTorch. The first {@code python3} on the path may not see the packages of the system's Python. */
    private static final Optional<String> PYTHON =
            Stream.of("python3", "/usr/bin/python3").filter(Peer::hasTorch).findFirst();

    private final String script;

    Peer(String script) {
        this.script = script;
    }

    /** Returns the name of the peer in the tables of the report. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

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
    Workload.Outcome compute(Workload workload, int threads) throws IOException {
        JsonNode answer = JSON.readTree(run(script, Integer.toString(threads), threads, workload));
        return new Workload.Outcome(answer.get("seconds").asDouble(), estimates(workload, answer.get("rows")));
    }

    /**
     * Returns the statistics in which the two scripts differ by more than rounding, although their weights are equal.
     *
     * @throws IllegalStateException if the script fails
     */
    static List<String> roundingDisagreements(Workload workload) throws IOException {
        JsonNode answer = JSON.readTree(run(TANGENTS.script, "check", 1, workload));
        Map<Workload.WorkloadRowKey, Estimate> autograd = estimates(workload, answer.get("autograd"));
        Map<Workload.WorkloadRowKey, Estimate> tangents = estimates(workload, answer.get("tangents"));
        if (autograd.isEmpty() || !autograd.keySet().equals(tangents.keySet())) {
            throw new IllegalStateException("The scripts must compute the same statistics, at least one.");
        }
        return autograd.keySet().stream()
                .filter(key -> {
                    Estimate a = autograd.get(key);
                    Estimate b = tangents.get(key);
                    return Math.abs(a.mean() - b.mean())
                            > MAX_ROUNDING * Math.max(Math.abs(a.mean()), a.standardError());
                })
                .map(key -> key + ": " + autograd.get(key) + " and " + tangents.get(key))
                .toList();
    }

    /**
     * Returns the rate of PyTorch's product of the Figure 2 networks, 256 x 200 by 200 x 200, in GFLOP/s.
     *
     * @param threads the number of threads of PyTorch
     */
    static double productRate(int threads) throws IOException {
        return Double.parseDouble(new String(run("gemm.py", Integer.toString(threads), threads, null), UTF_8).strip());
    }

    /**
     * Rejects a PyTorch that multiplies much slower than the lab, because any comparison with it would flatter the lab.
     *
     * @param peer the rate of PyTorch
     * @param lab the rate of the lab on one thread, in the same unit
     * @throws IllegalStateException if the rate of PyTorch is below 70% of the lab's rate
     */
    static void requireFastProducts(double peer, double lab) {
        if (peer < MIN_PRODUCT_RATE * lab) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "The peer multiplies matrices at %.1f GFLOP/s, but one thread of the lab reaches %.1f GFLOP/s. The peer"
                            + " must reach at least %.0f%%. Install an optimized BLAS (on Debian: apt-get install"
                            + " libopenblas0), and let the machine do nothing else.",
                    peer,
                    lab,
                    100 * MIN_PRODUCT_RATE));
        }
    }

    /**
     * Runs a script and returns its output.
     *
     * @param threads the number of threads of PyTorch and of its BLAS
     * @param workload the experiment on the standard input of the script, or null for none
     */
    private static byte[] run(String script, String argument, int threads, @Nullable Workload workload)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        PYTHON.orElseThrow(), FOLDER.resolve(script).toString(), argument)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // A forced core type makes OpenBLAS up to three times slower. PyTorch does not pass its number of threads on to
        // every BLAS.
        builder.environment().remove("OPENBLAS_CORETYPE");
        builder.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        Process process = builder.start();
        try (OutputStream input = process.getOutputStream()) {
            if (workload != null) {
                JSON.writeValue(input, workload.body());
            }
        }
        byte[] output = process.getInputStream().readAllBytes();
        int exit = process.onExit().join().exitValue();
        if (exit != 0) {
            throw new IllegalStateException(script + " failed with exit code " + exit + ".");
        }
        return output;
    }

    private static Map<Workload.WorkloadRowKey, Estimate> estimates(Workload workload, JsonNode rows) {
        Map<Workload.WorkloadRowKey, Estimate> estimates = new TreeMap<>();
        for (JsonNode row : rows) {
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
        return estimates;
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
