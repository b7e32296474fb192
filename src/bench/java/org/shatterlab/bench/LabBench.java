package org.shatterlab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.bench.Report.Good;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.DatasetFolder;

/**
 * Measures the speed of the lab without the service, and compares it with the hardware's limit ({@link Roofline}).
 *
 * <p>The benchmark also compares the lab's estimates with the estimates of each {@link Peer}, so that a wrong result
 * cannot pass as a fast one.
 */
@ExtendWith(BenchSuite.class)
class LabBench {

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /**
     * The allowed difference between the lab and the peer, in standard errors. The two programs draw different random
     * numbers. A smaller tolerance would fail by chance in some hundred comparisons of twenty runs each.
     */
    private static final double MAX_STANDARD_ERRORS = 5.5;

    /**
     * The minimum time for the repetitions of one measurement, in seconds. A short workload is repeated more often,
     * because the speed of a machine fluctuates.
     */
    private static final double MIN_SECONDS = 10;

    private static final DatasetFolder DATASETS = new DatasetFolder(Path.of("/usr/share/datasets"));

    private static Lab lab;

    @BeforeAll
    static void open() throws Exception {
        lab = Lab.open(Path.of("target", "djl").toAbsolutePath(), DATASETS);
        // The warm-up compiles the code and brings the processors to their full clock.
        for (int i = 0; i < 10; i++) {
            figure2().compute(lab, CORES);
        }
    }

    private static Workload figure2() {
        return Workload.of("Figure 2", "figure-2", "{}");
    }

    private static Workload sweep(String name, String depths, int width, int runs) {
        return Workload.of(name, "figure-2", String.format(Locale.ROOT, """
                {'networks': [{'label': 'resnet', 'family': 'resnet', 'width': %d, 'normalization': 'batch-norm',
                  'alpha': 1, 'beta': 1, 'activation': 'relu', 'initialization': 'he', 'firstBiasStd': 1}],
                 'depths': %s, 'runs': %d, 'statistics': ['gradient-variance', 'gradient-correlation']}""", width, depths, runs));
    }

    @Test
    @DisplayName("Figure 2")
    void figure2(Report report) throws Exception {
        Workload workload = figure2();
        Times times = measure(report, workload, 0.75);
        compare(report, workload, times, Report.REPEATS);
    }

    @Test
    @DisplayName("depth curve 1..50 against depth 50 alone")
    void depthCurve(Report report) throws Exception {
        Workload curve = sweep(
                "depth curve 1..50",
                IntStream.rangeClosed(1, 50).boxed().toList().toString(),
                200,
                20);
        Times times = measure(report, curve, Double.NaN);
        Workload deepest = sweep("depth 50 alone", "[50]", 200, 20);
        report.ratio(
                "depth curve 1..50",
                "time over time of depth 50 alone",
                Good.LOW,
                1.15,
                timeRatios(curve, deepest, CORES, CORES));
        compare(report, curve, times, 1);
    }

    @Test
    @DisplayName("one worker against two workers")
    void workers(Report report) throws Exception {
        // One core is idle while the other computes the last cell. Many cells make this share of the time small.
        Workload workload = sweep("two workers", "[50]", 200, 400);
        report.ratio(
                workload.name(),
                "time of one worker over time of two",
                Good.HIGH,
                1.85,
                timeRatios(workload, workload, 1, 2));
        // The limit is less than 2 because the cores share resources, also with other processes.
        Roofline.Work work = Roofline.work(workload.cells());
        List<Double> limits = new ArrayList<>();
        for (int i = 0; i < Report.REPEATS; i++) {
            limits.add(new Roofline(1).seconds(work) / new Roofline(2).seconds(work));
        }
        report.figure(workload.name(), "roofline of one thread over roofline of two", "", limits);
    }

    @Test
    @DisplayName("exponents of the cost in depth, runs and width")
    void exponents(Report report) throws Exception {
        // One core is idle while the other computes the last cell. Many cells make the effect of the last cell small.
        Workload base = sweep("base", "[25]", 200, 100);
        reportExponent(report, "depth", base, sweep("deeper", "[100]", 200, 100), 4, 0.95, 1.05);
        reportExponent(report, "runs", base, sweep("more runs", "[25]", 200, 400), 4, 0.95, 1.05);
        reportExponent(report, "width", base, sweep("wider", "[25]", 800, 100), 4, 0, 2);
    }

    /**
     * Reports the exponent p of the cost, which grows by factor^p if a quantity grows by the factor.
     *
     * @param min the promised lower limit of the exponent, or 0 for none
     * @param max the promised upper limit of the exponent
     */
    private static void reportExponent(
            Report report, String quantity, Workload small, Workload large, double factor, double min, double max)
            throws Exception {
        List<Double> exponents = timeRatios(large, small, CORES, CORES).stream()
                .map(ratio -> Math.log(ratio) / Math.log(factor))
                .toList();
        if (min > 0) {
            report.ratio("scaling", "exponent of the cost in " + quantity + ", lower limit", Good.HIGH, min, exponents);
        }
        report.ratio("scaling", "exponent of the cost in " + quantity, Good.LOW, max, exponents);
    }

    @Test
    @DisplayName("width 1000, depth 100")
    void wideNetwork(Report report) throws Exception {
        measure(report, sweep("width 1000, depth 100", "[100]", 1000, 10), Double.NaN);
    }

    @Test
    @DisplayName("100 runs")
    void manyRuns(Report report) throws Exception {
        measure(report, sweep("100 runs of depth 24", "[24]", 200, 100), Double.NaN);
    }

    @Test
    @DisplayName("adjoint sweeps with iid inputs in R^200")
    void adjoints(Report report) throws Exception {
        measure(report, Workload.of("adjoints, iid inputs in R^200", "figure-2", """
                        {'networks': [{'label': 'resnet', 'family': 'resnet', 'width': 200, 'normalization': 'batch-norm',
                          'alpha': 1, 'beta': 1, 'activation': 'relu', 'initialization': 'he', 'firstBiasStd': 0}],
                         'inputs': {'type': 'gaussian', 'points': 256, 'dimension': 200, 'seed': 0},
                         'depths': [2, 4, 10, 24, 50], 'runs': 10, 'statistics': ['effective-rank']}"""), Double.NaN);
    }

    @Test
    @DisplayName("Figure 5 with 64 images of Fashion-MNIST")
    void convolutions(Report report) throws Exception {
        Workload workload =
                Workload.of("Figure 5, 64 images of Fashion-MNIST, depths 2, 4 and 10", "figure-5", """
                {'inputs': {'type': 'dataset', 'name': 'fashion-mnist', 'batch': 64, 'seed': 0, 'perRun': false, 'sha256': '%s'},
                 'depths': [2, 4, 10], 'runs': 10, 'statistics': ['gradient-variance', 'effective-rank']}""".formatted(
                                DATASETS.find(Dataset.FASHION_MNIST).sha256()));
        measure(report, workload, Double.NaN);
    }

    /** Measures two workloads in turn and returns the ratio of their times for each turn. */
    private static List<Double> timeRatios(
            Workload numerator, Workload denominator, int numeratorThreads, int denominatorThreads) throws Exception {
        List<Double> ratios = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        numerator.compute(lab, numeratorThreads);
        while (!suffices(seconds)) {
            double denominatorSeconds =
                    denominator.compute(lab, denominatorThreads).seconds();
            seconds.add(numerator.compute(lab, numeratorThreads).seconds());
            ratios.add(seconds.getLast() / denominatorSeconds);
        }
        return ratios;
    }

    /** Returns whether the repetitions are numerous enough and long enough. */
    private static boolean suffices(List<Double> seconds) {
        return seconds.size() >= Report.REPEATS
                && seconds.stream().mapToDouble(each -> each).sum() >= MIN_SECONDS;
    }

    /** The times of a workload's repetitions, and the outcome of the last repetition. */
    private record Times(List<Double> seconds, Workload.Outcome outcome) {}

    /**
     * Measures a workload on all cores and the roofline in turn, and reports both.
     *
     * @param promised the promised median of roofline over time, or NaN for none
     */
    private static Times measure(Report report, Workload workload, double promised) throws Exception {
        Roofline.Work work = Roofline.work(workload.cells());
        List<Double> seconds = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        Workload.Outcome outcome = workload.compute(lab, CORES);
        while (!suffices(seconds)) {
            double limit = new Roofline(CORES).seconds(work);
            outcome = workload.compute(lab, CORES);
            seconds.add(outcome.seconds());
            limits.add(limit);
            fractions.add(limit / outcome.seconds());
        }
        String name = workload.name();
        report.figure(name, "time", "s", seconds);
        report.figure(name, "roofline", "s", limits);
        report.figure(
                name,
                "rate",
                "GFLOP/s",
                seconds.stream().map(s -> work.operations() / s / 1e9).toList());
        report.figure(name, "matrix products", "GFLOP", List.of(work.operations() / 1e9));
        report.ratio(name, "roofline over time", Good.HIGH, promised, fractions);
        return new Times(seconds, outcome);
    }

    /**
     * Measures each peer on its best number of threads, and requires that its estimates agree with the lab's estimates.
     * The lab computes once before each measurement, so that both see the same load of the machine.
     *
     * @param repeats the number of measurements of each peer, which is smaller for slow workloads
     */
    private static void compare(Report report, Workload workload, Times ours, int repeats) throws Exception {
        if (!Peer.isAvailable()) {
            System.out.println("Skipped the peers for " + workload.name()
                    + ". Install python3 with torch and an optimized BLAS to run them.");
            return;
        }
        for (Peer peer : Peer.values()) {
            int threads = peerThreads(report, peer);
            List<Double> seconds = new ArrayList<>();
            List<Double> factors = new ArrayList<>();
            for (int i = 0; i < repeats; i++) {
                double lab = workload.compute(LabBench.lab, CORES).seconds();
                Workload.Outcome theirs = peer.compute(workload, threads);
                seconds.add(theirs.seconds());
                factors.add(theirs.seconds() / lab);
                assertThat(Peer.disagreements(ours.outcome().estimates(), theirs.estimates(), MAX_STANDARD_ERRORS))
                        .as("disagreements between the lab and the peer")
                        .isEmpty();
            }
            report.figure(workload.name(), "time of the peer " + peer.title() + ", threads: " + threads, "s", seconds);
            report.ratio(workload.name(), "peer " + peer.title() + " over time", Good.HIGH, Double.NaN, factors);
        }
    }

    /**
     * Returns the number of threads with which the peer is fastest on a small part of Figure 2.
     *
     * @throws IllegalStateException if the peer multiplies much slower than the lab
     */
    private static int peerThreads(Report report, Peer peer) throws Exception {
        Workload sample = Workload.of("sample", "figure-2", "{'depths': [10], 'runs': 5}");
        int threads =
                peer.compute(sample, 1).seconds() <= peer.compute(sample, CORES).seconds() ? 1 : CORES;
        PeerBench.requireFastProducts(report, threads);
        return threads;
    }
}
