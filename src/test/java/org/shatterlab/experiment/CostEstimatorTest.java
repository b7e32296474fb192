package org.shatterlab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.shatterlab.experiment.CostEstimator.MeasuredWork;

class CostEstimatorTest {

    private static final double ASSUMED = 40;

    private static final List<MeasuredWork> COLD = Collections.nCopies(6, new MeasuredWork(2, 0.5));
    private static final List<MeasuredWork> WARM = Collections.nCopies(100, new MeasuredWork(2, 0.1));

    private static double rate(List<MeasuredWork> cells) {
        return CostEstimator.workPerSecond(ASSUMED, cells);
    }

    @Test
    void ignoresFirstCellsOfProcess() {
        assertThat(rate(List.of())).isEqualTo(ASSUMED);
        assertThat(rate(COLD)).isEqualTo(ASSUMED);
        assertThat(rate(Stream.of(COLD, WARM).flatMap(List::stream).toList())).isEqualTo(20);
    }

    @Test
    void adaptsToMeasuredSpeed() {
        assertThat(rate(WARM)).isEqualTo(20);
        assertThat(rate(Collections.nCopies(100, new MeasuredWork(2, 0.02)))).isEqualTo(100);
    }

    @Test
    void weightsCellsByWork() {
        List<MeasuredWork> small = Collections.nCopies(150, new MeasuredWork(0.2, 0.2));
        List<MeasuredWork> large = Collections.nCopies(50, new MeasuredWork(20, 0.4));
        assertThat(rate(Stream.of(small, large).flatMap(List::stream).toList())).isEqualTo(50);
    }
}
