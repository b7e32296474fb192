package org.shatterlab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Collects the measures of the benchmark and publishes them as a table and as JSON.
 *
 * <p>The report also lists the ratios that are worse than in the baseline. Thread-safe.
 */
public final class Report {

    /** The number of repetitions of each measurement. */
    public static final int REPEATS = Integer.getInteger("bench.repeats", 3);

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final Path BASELINE = Path.of("src", "bench", "baseline.json");
    private static final Path OUTPUT = Path.of("target", "bench.json");

    private final List<ReportLine> lines = new ArrayList<>();

    /** The direction in which the values of a measure are good. */
    public enum Good {
        HIGH,
        LOW
    }

    /**
     * One measure of one workload.
     *
     * <p>Only a ratio of two times of one benchmark run is compared with other benchmark runs. The speed differs
     * between machines, and changes on one machine from hour to hour.
     *
     * @param unit the unit, or empty for a ratio
     * @param values one value for each repetition
     * @param limit the promised limit of the median, or null if no limit is promised
     */
    record ReportLine(
            String workload,
            String measure,
            String unit,
            List<Double> values,
            Good good,
            @Nullable Double limit) {

        ReportLine {
            values = List.copyOf(values);
        }

        boolean isRatio() {
            return unit.isEmpty();
        }

        Spread spread() {
            return Spread.of(values);
        }

        boolean holds() {
            return limit == null || (good == Good.HIGH ? spread().median() >= limit : spread().median() <= limit);
        }

        @Override
        public String toString() {
            return "| %s | %s | %s%s | %s | %s |"
                    .formatted(
                            workload,
                            measure,
                            spread(),
                            unit.isEmpty() ? "" : " " + unit,
                            limit == null ? "" : (good == Good.HIGH ? "at least " : "at most ") + number(limit),
                            limit == null ? "" : holds() ? "pass" : "**FAIL**");
        }
    }

    /** The median and the range of the values of a measure. */
    record Spread(double median, double lowest, double highest) {

        static Spread of(List<Double> values) {
            double[] sorted =
                    values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            int half = sorted.length / 2;
            return new Spread(
                    sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2,
                    sorted[0],
                    sorted[sorted.length - 1]);
        }

        @Override
        public String toString() {
            return lowest == highest
                    ? number(median)
                    : "%s (%s to %s)".formatted(number(median), number(lowest), number(highest));
        }
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f", value);
    }

    /** Adds a measure in a unit without a promised limit. */
    public void figure(String workload, String measure, String unit, List<Double> values) {
        add(new ReportLine(workload, measure, unit, values, Good.LOW, null));
    }

    /**
     * Adds a measure in a unit with a promised limit.
     *
     * @param promised the promised limit of the median
     */
    public void figure(String workload, String measure, String unit, Good good, double promised, List<Double> values) {
        add(new ReportLine(workload, measure, unit, values, good, promised));
    }

    /**
     * Adds a ratio of two measures of one benchmark run.
     *
     * @param promised the promised limit of the median, or NaN for none
     */
    public void ratio(String workload, String measure, Good good, double promised, List<Double> values) {
        add(new ReportLine(workload, measure, "", values, good, Double.isNaN(promised) ? null : promised));
    }

    private synchronized void add(ReportLine line) {
        lines.add(line);
        System.out.println(line);
    }

    /** Returns the ratios that are worse than in the baseline by more than the spread of both benchmark runs. */
    private List<String> worse(Map<String, Spread> baseline) {
        List<String> worse = new ArrayList<>();
        for (ReportLine line : lines) {
            Spread before = baseline.get(key(line));
            if (line.isRatio() && before != null) {
                Spread now = line.spread();
                double noise = Math.max(before.highest() - before.lowest(), now.highest() - now.lowest());
                double loss =
                        line.good() == Good.HIGH ? before.median() - now.median() : now.median() - before.median();
                if (loss > noise) {
                    worse.add("%s: %s, was %s".formatted(key(line), now, before));
                }
            }
        }
        return worse;
    }

    private static String key(ReportLine line) {
        return line.workload() + ": " + line.measure();
    }

    /**
     * Prints the table, writes the measures as JSON and compares the ratios with the baseline.
     *
     * <p>With {@code -Dbench.baseline=true} the method writes a new baseline instead of comparing.
     */
    synchronized void publish(Map<String, Object> machine) {
        System.out.println(lines.stream()
                .map(ReportLine::toString)
                .collect(Collectors.joining(
                        "\n",
                        "\nBenchmark: " + machine
                                + "\n\n| workload | measure | median (range) | promised | |\n|---|---|---|---|---|\n",
                        "\n")));
        try {
            Files.createDirectories(OUTPUT.getParent());
            JSON.writeValue(OUTPUT, Map.of("machine", machine, "lines", lines));
            if (Boolean.getBoolean("bench.baseline")) {
                Map<String, Spread> ratios = new TreeMap<>();
                lines.stream().filter(ReportLine::isRatio).forEach(line -> ratios.put(key(line), line.spread()));
                JSON.writeValue(BASELINE, ratios);
                System.out.println("Wrote the new baseline " + BASELINE + ".");
            } else if (Files.exists(BASELINE)) {
                List<String> worse = worse(read());
                System.out.println(
                        worse.isEmpty()
                                ? "No ratio is worse than in " + BASELINE + "."
                                : "Ratios that are worse than in " + BASELINE + " by more than the spread:\n  "
                                        + String.join("\n  ", worse));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Spread> read() {
        return JSON.readValue(
                BASELINE, JSON.getTypeFactory().constructMapType(TreeMap.class, String.class, Spread.class));
    }
}
