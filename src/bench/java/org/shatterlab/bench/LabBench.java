package org.shatterlab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * How fast the lab computes, without the service around it, and how far from the hardware's limit that is. What it comes to
 * is compared with the {@link Peer}'s, so that no speed is bought with a wrong number.
 */
@ExtendWith(BenchSuite.class)
class LabBench {

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /** Two programs with other random numbers agree; some hundred comparisons of twenty runs each leave no room for less. */
    private static final double STANDARD_ERRORS = 5.5;

    /** Seconds in all that something is measured for, more often than anything else if it is short: a machine has its moments. */
    private static final double ENOUGH = 10;

    private static final DatasetFolder DATASETS = new DatasetFolder(Path.of("/usr/share/datasets"));

    private static Lab lab;

    @BeforeAll
    static void open() throws Exception {
        lab = Lab.open(Path.of("target", "djl").toAbsolutePath(), DATASETS);
        // Code that is compiled, and processors at their full clock.
        for (int i = 0; i < 10; i++) {
            figure2().compute(lab, CORES);
        }
    }

    private static Workload figure2() {
        return Workload.of("Figure 2", "figure-2", "{}");
    }

    private static Workload sweep(String name, String depths, int width, int runs) {
        return Workload.of(name, "figure-2", """
                {'networks': [{'label': 'resnet', 'family': 'resnet', 'width': %d, 'normalization': 'batch-norm',
                  'alpha': 1, 'beta': 1, 'activation': 'relu', 'initialization': 'he', 'firstBiasStd': 1}],
                 'depths': %s, 'runs': %d, 'statistics': ['gradient-variance', 'gradient-correlation']}""".formatted(width, depths, runs));
    }

    @Test
    @DisplayName("Figure 2")
    void figure2(Report report) throws Exception {
        Workload workload = figure2();
        Times times = measure(report, workload, 0.75);
        compare(report, workload, times, Report.REPEATS, 6);
    }

    @Test
    @DisplayName("the depth curve 1..50, and its deepest network alone")
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
                "time over that of depth 50 alone",
                Good.LOW,
                1.15,
                pairs(curve, deepest, CORES, CORES));
        compare(report, curve, times, 1, 60);
    }

    @Test
    @DisplayName("one worker and two")
    void workers(Report report) throws Exception {
        // So many cells that the last one, on one core while the other has none, takes little of the time.
        Workload workload = sweep("two workers", "[50]", 200, 400);
        report.ratio(
                workload.name(), "time of one over that of both", Good.HIGH, 1.85, pairs(workload, workload, 1, 2));
        // Less than 2 by what the machine has no two of, or others take of it.
        Roofline.Work work = Roofline.work(workload.cells());
        List<Double> limits = new ArrayList<>();
        for (int i = 0; i < Report.REPEATS; i++) {
            limits.add(new Roofline(1).seconds(work) / new Roofline(2).seconds(work));
        }
        report.figure(workload.name(), "the same of the roofline", "", limits);
    }

    @Test
    @DisplayName("the cost of depth, runs and width")
    void exponents(Report report) throws Exception {
        // So many cells that it matters little which of them is the last, on one core while the other has none.
        Workload base = sweep("base", "[25]", 200, 100);
        exponent(report, "depth", base, sweep("deeper", "[100]", 200, 100), 4, 0.95, 1.05);
        exponent(report, "runs", base, sweep("more runs", "[25]", 200, 400), 4, 0.95, 1.05);
        exponent(report, "width", base, sweep("wider", "[25]", 800, 100), 4, 0, 2);
    }

    /** By how much a cost grows, as a power of what is multiplied. */
    private static void exponent(
            Report report, String what, Workload small, Workload large, double factor, double least, double most)
            throws Exception {
        List<Double> exponents = pairs(large, small, CORES, CORES).stream()
                .map(ratio -> Math.log(ratio) / Math.log(factor))
                .toList();
        if (least > 0) {
            report.ratio("scaling", "exponent of the cost in " + what + ", least", Good.HIGH, least, exponents);
        }
        report.ratio("scaling", "exponent of the cost in " + what, Good.LOW, most, exponents);
    }

    @Test
    @DisplayName("width 1000, depth 100")
    void wide(Report report) throws Exception {
        measure(report, sweep("width 1000, depth 100", "[100]", 1000, 10), Double.NaN);
    }

    @Test
    @DisplayName("100 runs")
    void manyRuns(Report report) throws Exception {
        measure(report, sweep("100 runs of depth 24", "[24]", 200, 100), Double.NaN);
    }

    @Test
    @DisplayName("iid inputs in R^200, back from each depth")
    void adjoints(Report report) throws Exception {
        measure(report, Workload.of("adjoints, iid inputs in R^200", "figure-2", """
                        {'networks': [{'label': 'resnet', 'family': 'resnet', 'width': 200, 'normalization': 'batch-norm',
                          'alpha': 1, 'beta': 1, 'activation': 'relu', 'initialization': 'he', 'firstBiasStd': 0}],
                         'inputs': {'type': 'gaussian', 'points': 256, 'dimension': 200, 'seed': 0},
                         'depths': [2, 4, 10, 24, 50], 'runs': 10, 'statistics': ['effective-rank']}"""), Double.NaN);
    }

    @Test
    @DisplayName("Figure 5 on fewer, real images")
    void convolutions(Report report) throws Exception {
        Workload workload =
                Workload.of("Figure 5, 64 images of Fashion-MNIST, depths 2, 4 and 10", "figure-5", """
                {'inputs': {'type': 'dataset', 'name': 'fashion-mnist', 'batch': 64, 'seed': 0, 'perRun': false, 'sha256': '%s'},
                 'depths': [2, 4, 10], 'runs': 10, 'statistics': ['gradient-variance', 'effective-rank']}""".formatted(
                                DATASETS.find(Dataset.FASHION_MNIST).sha256()));
        measure(report, workload, Double.NaN);
    }

    /** What one workload takes over what another takes, measured in turn. */
    private static List<Double> pairs(Workload numerator, Workload denominator, int threads, int threadsBelow)
            throws Exception {
        List<Double> ratios = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        numerator.compute(lab, threads);
        while (!isEnough(seconds)) {
            double below = denominator.compute(lab, threadsBelow).seconds();
            seconds.add(numerator.compute(lab, threads).seconds());
            ratios.add(seconds.getLast() / below);
        }
        return ratios;
    }

    private static boolean isEnough(List<Double> seconds) {
        return seconds.size() >= Report.REPEATS
                && seconds.stream().mapToDouble(each -> each).sum() >= ENOUGH;
    }

    private record Times(List<Double> seconds, Workload.Outcome outcome) {}

    /** The times of a workload on all cores, beside the roofline, measured in turn. */
    private static Times measure(Report report, Workload workload, double promised) throws Exception {
        Roofline.Work work = Roofline.work(workload.cells());
        List<Double> seconds = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        Workload.Outcome outcome = workload.compute(lab, CORES);
        while (!isEnough(seconds)) {
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
     * The peer's time on its best number of threads, and whether it says the same.
     *
     * @param repeats fewer than of what is fast
     */
    private static void compare(Report report, Workload workload, Times ours, int repeats, double promised)
            throws Exception {
        if (!Peer.isThere()) {
            System.out.println("No peer for " + workload.name() + ": there is no python3 with torch");
            return;
        }
        int threads = peerThreads();
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < repeats; i++) {
            Workload.Outcome theirs = Peer.compute(workload, threads);
            seconds.add(theirs.seconds());
            assertThat(Peer.disagreements(ours.outcome().estimates(), theirs.estimates(), STANDARD_ERRORS))
                    .as("where the peer finds something else")
                    .isEmpty();
        }
        report.figure(workload.name(), "time of the peer, threads: " + threads, "s", seconds);
        double median = Report.Spread.of(ours.seconds()).median();
        report.ratio(
                workload.name(),
                "peer over time",
                Good.HIGH,
                promised,
                seconds.stream().map(each -> each / median).toList());
    }

    /** Those that the peer is fastest with, on a small part of Figure 2. */
    private static int peerThreads() throws Exception {
        Workload part = Workload.of("part", "figure-2", "{'depths': [10], 'runs': 5}");
        return Peer.compute(part, 1).seconds() <= Peer.compute(part, CORES).seconds() ? 1 : CORES;
    }
}
