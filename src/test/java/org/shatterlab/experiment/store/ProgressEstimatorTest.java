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

    private static double left(ProgressEstimator pace, double now) {
        return Objects.requireNonNull(pace.secondsLeft(at(now)));
    }

    /** Some workers compute cells in step, each in as many seconds as it costs times their slowness. */
    private static ProgressEstimator compute(
            ProgressEstimator pace, int cells, double cost, int workers, double from, double slowness) {
        ProgressEstimator now = pace;
        for (int i = 1; i <= cells; i++) {
            double end = from + Math.ceilDiv(i, workers) * cost * slowness + i * 1e-4;
            now = now.end(new CellTotals(1, cost), i, new CellTotals(Math.min(workers - 1, cells - i), 0), at(end));
        }
        return now;
    }

    @Test
    void nothingIsSaidBeforeTheFirstCellHasEnded() {
        assertThat(ProgressEstimator.of(10, 0).secondsLeft(START)).isNull();
        assertThat(ProgressEstimator.of(10, 0).start(START).secondsLeft(at(5))).isNull();
    }

    /** A worker whose clock is behind that of the one that began. */
    @Test
    void nothingIsSaidWhereTheClocksDisagreeOnWhatCameFirst() {
        ProgressEstimator pace =
                ProgressEstimator.of(10, 0).start(START).end(new CellTotals(1, 1), 1, new CellTotals(1, 0), at(-0.5));
        assertThat(pace.secondsLeft(at(0.1))).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void theWorkersDivideWhatIsLeft(int workers) {
        ProgressEstimator pace = compute(ProgressEstimator.of(100, 0).start(START), 32, 1, workers, 0, 3);
        assertThat(left(pace, 3 * 32.0 / workers)).isCloseTo(3 * 68.0 / workers, Percentage.withPercentage(2));
    }

    /** Which takes as long as all the rest. */
    @Test
    void theStartOfTheEngineIsForgotten() {
        ProgressEstimator pace = compute(ProgressEstimator.of(100, 0).start(START), 8, 1, 2, 50, 1);
        assertThat(left(pace, 54)).isBetween(46 / 1.5, 46 * 1.5);
    }

    @Test
    void cellsCountForWhatTheyCost() {
        ProgressEstimator pace = ProgressEstimator.of(10 + 90, 0).start(START);
        for (int i = 1; i <= 10; i++) {
            pace = pace.end(new CellTotals(1, 1), i, NOTHING, at(2 * i));
        }
        assertThat(left(pace, 20)).isCloseTo(180, within(1e-6));
    }

    /** Two workers, a tenth of a second for ten small cells, while the other is at the first of ten large ones. */
    @Test
    void whatIsUnderwayCountsAsFarAsItIs() {
        ProgressEstimator pace = ProgressEstimator.of(10 * 0.01 + 10, 0).start(START);
        for (int i = 1; i <= 10; i++) {
            pace = pace.end(new CellTotals(1, 0.01), i, new CellTotals(1, 0.01 * i), at(0.01 * i));
        }
        assertThat(left(pace, 0.1)).isCloseTo((10 - 0.1) / 2, Percentage.withPercentage(1));
    }

    @Test
    void whatWasTakenOverDoesNotCount() {
        ProgressEstimator pace = compute(ProgressEstimator.of(100, 60).start(START), 10, 1, 1, 0, 1);
        assertThat(left(pace, 10)).isCloseTo(30, Percentage.withPercentage(2));
        assertThat(left(pace.add(50, 30), 10)).isCloseTo(50, Percentage.withPercentage(2));
    }

    @Test
    void theRateIsThatOfLate() {
        ProgressEstimator pace = ProgressEstimator.of(200, 0).start(START);
        for (int i = 1; i <= 150; i++) {
            pace = pace.end(new CellTotals(1, 1), i, NOTHING, at(i <= 50 ? i : 50 + 5 * (i - 50)));
        }
        assertThat(left(pace, 550)).isCloseTo(250, within(1e-6));
    }

    @Test
    void whoHangsIsNotAlmostAtTheEnd() {
        ProgressEstimator pace = compute(ProgressEstimator.of(100, 0).start(START), 20, 1, 1, 0, 1);
        assertThat(left(pace, 21)).isCloseTo(79, Percentage.withPercentage(2));
        assertThat(left(pace, 1e5)).isCloseTo(40, Percentage.withPercentage(2));
    }
}
