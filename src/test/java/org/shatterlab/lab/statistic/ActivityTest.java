package org.shatterlab.lab.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ActivityTest {

    /** The counts of four units over five inputs: active never, always, at two inputs and at three inputs. */
    private static final long[] COUNTS = {0, 5, 2, 3};

    @Test
    void averagesRateOverInputsAndUnits() {
        assertThat(Activity.rate(COUNTS, 5)).isEqualTo(10 / 20.0);
    }

    @Test
    void averagesCoactivationOverDistinctPairs() {
        // The units are co-active on 0, 10, 1 and 3 of the 10 pairs.
        assertThat(Activity.coactivation(COUNTS, 5)).isCloseTo(14 / 40.0, within(1e-15));
        assertThat(Activity.coactivation(new long[] {1, 2}, 2)).isEqualTo(0.5);
    }

    @Test
    void countsUnitsByMeanActivation() {
        double[] bins = Activity.histogram(new long[] {0, 1, 5, 19, 39, 40, 40, 40}, 40);
        assertThat(bins).hasSize(20);
        assertThat(bins[0]).isEqualTo(2 / 8.0);
        assertThat(bins[2]).isEqualTo(1 / 8.0);
        assertThat(bins[9]).isEqualTo(1 / 8.0);
        assertThat(bins[19]).isEqualTo(4 / 8.0);
        assertThat(Arrays.stream(bins).sum()).isCloseTo(1, within(1e-15));
    }

    /**
     * Uses three units at eight inputs.
     *
     * <pre>
     * unit 0   1 1 1 0 0 0 0 1   lengths 3, 4, 1
     * unit 1   0 0 0 0 0 0 0 0   length 8
     * unit 2   1 0 1 1 0 1 1 0   lengths 1, 1, 2, 1, 2, 1
     * </pre>
     */
    @Test
    void countsContiguousLengths() {
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
