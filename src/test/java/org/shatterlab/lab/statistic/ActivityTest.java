package org.shatterlab.lab.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ActivityTest {

    /** Of four units at five inputs: never, always, at two, at three. */
    private static final long[] COUNTS = {0, 5, 2, 3};

    @Test
    void theRateIsOverInputsAndUnits() {
        assertThat(Activity.rate(COUNTS, 5)).isEqualTo(10 / 20.0);
    }

    @Test
    void coactivationIsOverPairsOfDistinctInputs() {
        // Of 10 pairs each: 0, 10, 1, 3.
        assertThat(Activity.coactivation(COUNTS, 5)).isCloseTo(14 / 40.0, within(1e-15));
        assertThat(Activity.coactivation(new long[] {1, 2}, 2)).isEqualTo(0.5);
    }

    @Test
    void theHistogramIsOfUnitsByTheirMeanActivation() {
        double[] bins = Activity.histogram(new long[] {0, 1, 5, 19, 39, 40, 40, 40}, 40);
        assertThat(bins).hasSize(20);
        assertThat(bins[0]).isEqualTo(2 / 8.0);
        assertThat(bins[2]).isEqualTo(1 / 8.0);
        assertThat(bins[9]).isEqualTo(1 / 8.0);
        assertThat(bins[19]).isEqualTo(4 / 8.0);
        assertThat(Arrays.stream(bins).sum()).isCloseTo(1, within(1e-15));
    }

    /**
     * <pre>
     * unit 0   1 1 1 0 0 0 0 1   runs of 3, 4, 1
     * unit 1   0 0 0 0 0 0 0 0   a run of 8
     * unit 2   1 0 1 1 0 1 1 0   runs of 1, 1, 2, 1, 2, 1
     * </pre>
     */
    @Test
    void contiguityIsOfTheLengthsOfRunsOfEqualActivity() {
        String[] units = {"11100001", "00000000", "10110110"};
        boolean[] active = new boolean[8 * 3];
        for (int input = 0; input < 8; input++) {
            for (int unit = 0; unit < 3; unit++) {
                active[input * 3 + unit] = units[unit].charAt(input) == '1';
            }
        }
        assertThat(Activity.contiguity(active, 3))
                .containsExactly(new double[] {5 / 10.0, 3 / 10.0, 1 / 10.0, 1 / 10.0}, within(1e-15));
    }
}
