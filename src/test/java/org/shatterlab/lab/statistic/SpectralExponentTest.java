package org.shatterlab.lab.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.lab.random.Normals;

class SpectralExponentTest {

    private static double[] series(int points, IntToDoubleFunction value) {
        double[] series = new double[points];
        Arrays.setAll(series, value);
        return series;
    }

    /** Cosines of amplitude k^-p have power k^-2p, for all phases and for every mean of the series. */
    @ParameterizedTest(name = "{0} points")
    @ValueSource(ints = {32, 100, 256, 1001})
    void returnsExponentOfPowerLaw(int points) {
        for (double p : new double[] {-0.5, 0, 1, 2.5}) {
            double[] series = series(points, i -> {
                double sum = 7;
                for (int k = 1; k <= points / 8; k++) {
                    sum += Math.pow(k, -p) * Math.cos(2 * Math.PI * k * i / points + k * k);
                }
                return sum;
            });
            assertThat(SpectralExponent.of(series)).as("k^-%s", p).isCloseTo(-2 * p, within(1e-9));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3})
    void distinguishesWhiteFromBrownNoise(int seed) {
        ContinuousSampler normals = Normals.named("spectrum " + seed);
        double white = 0;
        double brown = 0;
        for (int run = 0; run < 100; run++) {
            double[] noise = series(256, _ -> normals.sample());
            white += SpectralExponent.of(noise) / 100;
            Arrays.parallelPrefix(noise, Double::sum);
            brown += SpectralExponent.of(noise) / 100;
        }
        assertThat(white).isCloseTo(0, within(0.1));
        assertThat(brown).isCloseTo(-2, within(0.1));
    }

    @Test
    void returnsNanWithoutPowerAtFrequency() {
        assertThat(SpectralExponent.of(series(64, _ -> 0.1))).isNaN();
        assertThat(SpectralExponent.of(series(64, i -> i < 32 ? 0.1 : 0.7))).isNaN();
    }
}
