package org.shatterlab.lab.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SeriesStatisticsTest {

    private static final Offset<Double> ROUNDING = within(1e-14);

    @Test
    void autocorrelationLosesOneTermPerLag() {
        double[] alternating =
                IntStream.range(0, 20).mapToDouble(i -> i % 2 == 0 ? 3 : 1).toArray();
        double[] actual = Autocorrelation.of(alternating);
        assertThat(actual).hasSize(16);
        for (int lag = 0; lag < 16; lag++) {
            assertThat(actual[lag]).isCloseTo((lag % 2 == 0 ? 1 : -1) * (20 - lag) / 20.0, ROUNDING);
        }
    }

    @Test
    void autocorrelationOfRampMatchesClosedForm() {
        double[] ramp = IntStream.range(0, 17).mapToDouble(i -> i).toArray();
        // The deviations are z = -8..8 with sum z^2 = 408.
        // At lag 1 the sum of z(z+1) over z = -8..7 is 344 - 8 = 336.
        // At lag 15 the sum is (-8)(7) + (-7)(8) = -112.
        assertThat(Autocorrelation.of(ramp)[1]).isCloseTo(336 / 408.0, ROUNDING);
        assertThat(Autocorrelation.of(ramp)[15]).isCloseTo(-112 / 408.0, ROUNDING);
    }

    @Test
    void constantSeriesHasNoAutocorrelation() {
        double[] constant = new double[20];
        Arrays.fill(constant, 2.5);
        assertThat(Autocorrelation.of(constant)).containsOnly(Double.NaN);
    }

    @Test
    void outerProductIsDividedByVariance() {
        // The mean is 2, the deviations are -2, 0 and 2, and the variance is 8/3.
        assertThat(Matrices.outerProduct(new double[] {0, 2, 4}))
                .containsExactly(new double[] {1.5, 0, 1.5, 0, 0, 0, 1.5, 0, 1.5}, ROUNDING);
    }

    @Test
    void correlationHasUnitDiagonal() {
        assertThat(Matrices.correlation(new double[] {4, 3, 3, 9}))
                .containsExactly(new double[] {1, 0.5, 0.5, 1}, ROUNDING);
        assertThat(Matrices.correlation(new double[] {4, 0, 0, 0})[1]).isNaN();
    }
}
