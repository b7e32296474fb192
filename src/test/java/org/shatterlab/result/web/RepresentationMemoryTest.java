package org.shatterlab.result.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.JavaProcess;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.spec.SpecBodies;
import org.shatterlab.lab.statistic.Statistic;

class RepresentationMemoryTest {

    /** The part of one token in a heap of 256 MiB, of which the serial collector reports 247 MiB. */
    private static final int TOKEN = 247 / 8;

    /** The heap of a JVM that draws nothing. */
    private static final int JVM = 12;

    private static ExperimentSpec spec(int networks, String family, String fields) {
        return SpecBodies.read(IntStream.range(0, networks)
                .mapToObj(i -> String.format(Locale.ROOT, "{'label': '%d', 'family': '%s'}", i, family))
                .collect(Collectors.joining(", ", "{'networks': [", "], " + fields + "}")));
    }

    private static ExperimentSpec largestFigure1() {
        return spec(64, "white-noise", "'inputs': {'type': 'grid', 'points': 4096}, 'statistics': ['gradient']");
    }

    @Test
    void largestRepresentationsFitBudgetOfToken() {
        assertThat(RepresentationMemory.figure(largestFigure1(), PaperFigure.FIGURE_1))
                .isBetween(TOKEN / 2, TOKEN);
        ExperimentSpec matrices =
                spec(1, "white-noise", "'inputs': {'type': 'grid', 'points': 512}, 'statistics': ['covariance']");
        assertThat(RepresentationMemory.matrix(matrices, 0, Statistic.COVARIANCE))
                .isBetween(TOKEN / 2, TOKEN);
        ExperimentSpec curves = spec(
                64,
                "feedforward",
                "'depths': {'from': 1, 'to': 16, 'step': 1}, 'statistics': ['autocorrelation'], 'runs': 1");
        assertThat(PaperFigure.FIGURE_2.values(curves)).isEqualTo(PaperFigure.FIGURE_2.maxValues());
        assertThat(RepresentationMemory.figure(curves, PaperFigure.FIGURE_2)).isBetween(TOKEN / 2, TOKEN);
    }

    @Test
    void smallRepresentationsNeedLittle() {
        ExperimentSpec small = spec(
                2, "white-noise", "'inputs': {'type': 'grid', 'points': 64}, 'statistics': ['gradient', 'covariance']");
        assertThat(RepresentationMemory.figure(small, PaperFigure.FIGURE_1)).isLessThan(14);
        assertThat(RepresentationMemory.series(small)).isEqualTo(1);
    }

    @Test
    @Timeout(300)
    void largestFiguresFitEstimatedHeap(@TempDir Path folder) {
        List<String> options = List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xmx" + (JVM + TOKEN) + "m");
        try (JavaProcess process =
                JavaProcess.start(folder.resolve("output"), options, LargestFigures.class, List.of())) {
            assertThat(process.exit().join()).as(process.output()).isZero();
            assertThat(process.output()).contains("figure-1 ", "figure-4 ");
        }
    }
}
