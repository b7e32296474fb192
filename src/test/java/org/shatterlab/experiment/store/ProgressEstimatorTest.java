package org.shatterlab.experiment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.Objects;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressEstimatorTest {

    private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

    private static final CellTotals NOTHING = new CellTotals(0, 0);

    private static Instant at(double seconds) {
        return START.plusNanos(Math.round(seconds * 1e9));
    }

    private static double left(ProgressEstimator estimator, double now) {
        return Objects.requireNonNull(estimator.secondsLeft(at(now)));
    }

    /**
     * Simulates workers that compute cells in step. A cell takes its cost times the slowness of the workers, in
     * seconds.
     */
    private static ProgressEstimator compute(
            ProgressEstimator estimator, int cells, double cost, int workers, double from, double slowness) {
        ProgressEstimator now = estimator;
        for (int i = 1; i <= cells; i++) {
            double end = from + Math.ceilDiv(i, workers) * cost * slowness + i * 1e-4;
            now = now.end(new CellTotals(1, cost), i, new CellTotals(Math.min(workers - 1, cells - i), 0), at(end));
        }
        return now;
    }

    @Test
    void estimatesNothingBeforeFirstEnd() {
        assertThat(ProgressEstimator.of(10, 0).secondsLeft(START)).isNull();
        assertThat(ProgressEstimator.of(10, 0).start(START).secondsLeft(at(5))).isNull();
    }

    /** The worker that ends a cell may have a slower clock than the worker that started the experiment. */
    @Test
    void estimatesNothingIfClocksDisagree() {
        ProgressEstimator estimator =
                ProgressEstimator.of(10, 0).start(START).end(new CellTotals(1, 1), 1, new CellTotals(1, 0), at(-0.5));
        assertThat(estimator.secondsLeft(at(0.1))).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void workersDivideRemainingCells(int workers) {
        ProgressEstimator estimator = compute(ProgressEstimator.of(100, 0).start(START), 32, 1, workers, 0, 3);
        assertThat(left(estimator, 3 * 32.0 / workers)).isCloseTo(3 * 68.0 / workers, Percentage.withPercentage(2));
    }

    /** The start of the engine takes as long as all cells together. */
    @Test
    void forgetsStartOfEngine() {
        ProgressEstimator estimator = compute(ProgressEstimator.of(100, 0).start(START), 8, 1, 2, 50, 1);
        assertThat(left(estimator, 54)).isBetween(46 / 1.5, 46 * 1.5);
    }

    @Test
    void weightsCellsByCost() {
        ProgressEstimator estimator = ProgressEstimator.of(10 + 90, 0).start(START);
        for (int i = 1; i <= 10; i++) {
            estimator = estimator.end(new CellTotals(1, 1), i, NOTHING, at(2 * i));
        }
        assertThat(left(estimator, 20)).isCloseTo(180, within(1e-6));
    }

    /**
     * One of two workers computes ten small cells in a tenth of a second. The other worker computes the first of ten
     * large cells.
     */
    @Test
    void countsRunningCellsPartly() {
        ProgressEstimator estimator = ProgressEstimator.of(10 * 0.01 + 10, 0).start(START);
        for (int i = 1; i <= 10; i++) {
            estimator = estimator.end(new CellTotals(1, 0.01), i, new CellTotals(1, 0.01 * i), at(0.01 * i));
        }
        assertThat(left(estimator, 0.1)).isCloseTo((10 - 0.1) / 2, Percentage.withPercentage(1));
    }

    @Test
    void ignoresCachedCells() {
        ProgressEstimator estimator = compute(ProgressEstimator.of(100, 60).start(START), 10, 1, 1, 0, 1);
        assertThat(left(estimator, 10)).isCloseTo(30, Percentage.withPercentage(2));
        assertThat(left(estimator.add(50, 30), 10)).isCloseTo(50, Percentage.withPercentage(2));
    }

    @Test
    void usesRecentRate() {
        ProgressEstimator estimator = ProgressEstimator.of(200, 0).start(START);
        for (int i = 1; i <= 150; i++) {
            estimator = estimator.end(new CellTotals(1, 1), i, NOTHING, at(i <= 50 ? i : 50 + 5 * (i - 50)));
        }
        assertThat(left(estimator, 550)).isCloseTo(250, within(1e-6));
    }

    @Test
    void stalledExperimentIsNotNearlyDone() {
        ProgressEstimator estimator = compute(ProgressEstimator.of(100, 0).start(START), 20, 1, 1, 0, 1);
        assertThat(left(estimator, 21)).isCloseTo(79, Percentage.withPercentage(2));
        assertThat(left(estimator, 1e5)).isCloseTo(40, Percentage.withPercentage(2));
    }
}
