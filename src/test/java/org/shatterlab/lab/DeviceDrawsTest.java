package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.lab.statistic.Statistic.AUTOCORRELATION;
import static org.shatterlab.lab.statistic.Statistic.COVARIANCE;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_CORRELATION;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_VARIANCE;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.Statistic;

/** Measures cells whose hidden weights the device draws. In this test the device is a CPU. */
class DeviceDrawsTest {

    private static final int WIDTH = 32;

    private static final Set<Statistic> STATISTICS =
            Set.of(GRADIENT_VARIANCE, GRADIENT_CORRELATION, AUTOCORRELATION, COVARIANCE, GRADIENT);

    /** Sibling cells that cover whole shared draws, a part of a draw, and several parts of one draw. */
    private static final List<CellSpec> SIBLINGS =
            List.of(deviceDrawn(11, 5, 5), deviceDrawn(11, 0, 5), deviceDrawn(11, 13, 1), deviceDrawn(11, 11, 2));

    private static Lab lab;

    @BeforeAll
    static void open() {
        lab = Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    private static CellSpec cell(Initialization initialization, DrawSource draws, long seed, int firstRun, int runs) {
        NetworkSpec network = new NetworkSpec.Rectifier(
                new SkipConnection.Resnet(1, 0.5),
                WIDTH,
                Normalization.MEAN_CENTERING,
                new Activation.Relu(),
                initialization,
                1);
        return new CellSpec(
                network,
                new InputSpec.Grid(-2, 2, 32),
                List.of(1, 4, 9),
                STATISTICS,
                Precision.FLOAT64,
                draws,
                seed,
                firstRun,
                runs);
    }

    private static CellSpec deviceDrawn(long seed, int firstRun, int runs) {
        return cell(Initialization.HE, DrawSource.DEVICE, seed, firstRun, runs);
    }

    private static void assertSameBits(CellResult result, CellResult expected) {
        assertThat(result.rows()).isEqualTo(expected.rows());
        assertThat(result.matrices())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(expected.matrices());
        assertThat(result.series())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(expected.series());
    }

    @Test
    void givesSameBitsWithSiblings() {
        List<CellResult> together = lab.measure(SIBLINGS, 1);
        for (int i = 0; i < SIBLINGS.size(); i++) {
            assertSameBits(together.get(i), lab.measure(SIBLINGS.get(i)));
        }
    }

    /** The weights have the same bits in each batch. The products of a single run may round differently. */
    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void givesSameNumbersForEveryBatchSize(int runsPerBatch) {
        List<CellResult> together = lab.measure(SIBLINGS, runsPerBatch);
        for (int i = 0; i < SIBLINGS.size(); i++) {
            LabTest.assertSameUpToRounding(together.get(i), lab.measure(SIBLINGS.get(i)));
        }
    }

    @Test
    void isolatesSeedsOfThreads() throws Exception {
        List<CellSpec> cells = List.of(deviceDrawn(1, 0, 5), deviceDrawn(2, 5, 5));
        List<CellResult> alone = cells.stream().map(lab::measure).toList();
        CyclicBarrier start = new CyclicBarrier(cells.size());
        try (ExecutorService threads = Executors.newFixedThreadPool(cells.size())) {
            List<Future<List<CellResult>>> results = cells.stream()
                    .map(cell -> threads.submit(() -> {
                        start.await();
                        return Stream.generate(() -> lab.measure(cell))
                                .limit(20)
                                .toList();
                    }))
                    .toList();
            for (int i = 0; i < cells.size(); i++) {
                for (CellResult result : results.get(i).get()) {
                    assertSameBits(result, alone.get(i));
                }
            }
        }
    }

    @Test
    void drawsOtherWeightsThanHost() {
        CellSpec host = cell(Initialization.HE, DrawSource.HOST, 1, 0, 2);
        assertThat(gradient(deviceDrawn(1, 0, 2))).doesNotContain(gradient(host));
    }

    private static double[] gradient(CellSpec cell) {
        return lab.measure(cell).series().getFirst().values();
    }

    @Test
    void drawsOrthogonalWeightsOnHost() {
        CellSpec host = cell(Initialization.ORTHOGONAL, DrawSource.HOST, 1, 0, 2);
        assertThat(cell(Initialization.ORTHOGONAL, DrawSource.DEVICE, 1, 0, 2)).isEqualTo(host);
    }

    @Test
    void separatesSiblingsByDrawSource() {
        CellSpec host = cell(Initialization.HE, DrawSource.HOST, 1, 5, 5);
        assertThat(deviceDrawn(1, 0, 5).isSiblingOf(deviceDrawn(1, 5, 5))).isTrue();
        assertThat(deviceDrawn(1, 0, 5).isSiblingOf(host)).isFalse();
    }

    @Test
    void countsHiddenWeightsOnDevice() {
        RunMemoryEstimate device = RunMemoryEstimate.of(deviceDrawn(1, 0, 5));
        RunMemoryEstimate host = RunMemoryEstimate.of(cell(Initialization.HE, DrawSource.HOST, 1, 0, 5));
        double hidden = Double.BYTES * WIDTH * WIDTH;
        assertThat(host.onHost() - device.onHost()).isEqualTo(hidden);
        assertThat(device.onDevice()).as("of each run").isEqualTo(host.onDevice());
        assertThat(device.sharedDraw()).as("once for all runs").isEqualTo(5 * hidden);
    }
}
