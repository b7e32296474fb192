package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.lab.statistic.Statistic.ACTIVATION_RATE;
import static org.shatterlab.lab.statistic.Statistic.AUTOCORRELATION;
import static org.shatterlab.lab.statistic.Statistic.CONTIGUITY_HISTOGRAM;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

/** Checks the estimated host data of a run, which limits the number of runs that a GPU computes together. */
class RunMemoryEstimateTest {

    private static final int WIDTH = 100;
    private static final int POINTS = 64;
    private static final List<Integer> DEPTHS = List.of(10, 50);

    /** Returns the bytes that a statistic adds to the host data. */
    private static double addedBytes(Statistic statistic) {
        return hostData(statistic) - hostData(GRADIENT);
    }

    private static double hostData(Statistic statistic) {
        return RunMemoryEstimate.of(new CellSpec(
                        new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), WIDTH, Normalization.NONE, 1),
                        new InputSpec.Grid(-2, 2, POINTS),
                        DEPTHS,
                        Set.of(statistic),
                        Precision.FLOAT32,
                        DrawSource.HOST,
                        1,
                        0,
                        1))
                .hostData();
    }

    @Test
    void countsActivityOfEveryLayer() {
        assertThat(addedBytes(ACTIVATION_RATE)).isEqualTo(Long.BYTES * WIDTH * 50 + 128 * (10 + 50));
    }

    @Test
    void countsActivityAtEachInput() {
        assertThat(addedBytes(CONTIGUITY_HISTOGRAM)).isGreaterThanOrEqualTo(Long.BYTES * WIDTH * 50 + WIDTH * POINTS);
    }

    @Test
    void countsRowOfEveryLag() {
        assertThat(addedBytes(AUTOCORRELATION)).isEqualTo(128 * 16 * 2);
    }
}
