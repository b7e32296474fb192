package org.shatterlab.lab.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InputsTest {

    @Test
    void spacesGridEquallyBetweenExactEnds() {
        double[][] x = Inputs.of(new InputSpec.Grid(-0.1, 0.7, 7));

        assertThat(x).hasDimensions(7, 1);
        assertThat(x[0][0]).isEqualTo(-0.1);
        assertThat(x[6][0]).isEqualTo(0.7);
        for (int i = 1; i < 7; i++) {
            assertThat(x[i][0] - x[i - 1][0]).isCloseTo(0.8 / 6, within(1e-15));
        }
    }

    @Test
    void keepsSymmetryOfGrid() {
        double[][] x = Inputs.of(new InputSpec.Grid(-2, 2, 255));

        assertThat(x[127][0]).isZero();
        for (int i = 0; i < 127; i++) {
            assertThat(x[i][0]).isEqualTo(-x[254 - i][0]);
        }
    }

    @Test
    void drawsStandardNormalPoints() {
        double[] values = Arrays.stream(Inputs.of(new InputSpec.Gaussian(1000, 100, 7)))
                .flatMapToDouble(Arrays::stream)
                .toArray();

        // The tolerances are four standard errors of 10^5 independent values.
        assertThat(Arrays.stream(values).average().orElseThrow()).isCloseTo(0, within(4 * Math.sqrt(1e-5)));
        assertThat(Arrays.stream(values).map(v -> v * v).average().orElseThrow())
                .isCloseTo(1, within(4 * Math.sqrt(2e-5)));
    }

    @Test
    void extendsSmallerGaussianBatch() {
        double[][] small = Inputs.of(new InputSpec.Gaussian(5, 3, 7));
        double[][] large = Inputs.of(new InputSpec.Gaussian(9, 3, 7));

        assertThat(Arrays.copyOf(large, 5)).isDeepEqualTo(small);
    }

    @Test
    void drawsGaussianPointsBySeed() {
        double[][] x = Inputs.of(new InputSpec.Gaussian(2, 3, 7));

        assertThat(Inputs.of(new InputSpec.Gaussian(2, 3, 7))).isDeepEqualTo(x);
        assertThat(Inputs.of(new InputSpec.Gaussian(2, 3, 8))[0][0]).isNotEqualTo(x[0][0]);
    }

    @Test
    void drawsMixtureInBlocksOfComponents() {
        var mixture = new InputSpec.GaussianMixture(200, 2000, 4, 2, 7);
        double[][] x = Inputs.of(mixture);

        double second = Arrays.stream(x)
                .flatMapToDouble(Arrays::stream)
                .map(v -> v * v)
                .average()
                .orElseThrow();
        assertThat(second).isCloseTo(1, within(0.05));
        // Points of one component have the correlation s^2 / (1 + s^2) = 0.8, and points of two components have none.
        // Therefore the correlation matrix has four blocks on the diagonal.
        int blocks = 1;
        for (int i = 1; i < x.length; i++) {
            double correlation = 0;
            for (int k = 0; k < 2000; k++) {
                correlation += x[i][k] * x[i - 1][k] / 2000;
            }
            assertThat(Math.min(Math.abs(correlation - 0.8), Math.abs(correlation)))
                    .isLessThan(0.2);
            blocks += correlation < 0.4 ? 1 : 0;
        }
        assertThat(blocks).isEqualTo(4);
    }

    @Test
    void drawsGaussianFromMixtureAtOrigin() {
        double[][] x = Inputs.of(new InputSpec.GaussianMixture(100, 50, 1, 0, 7));

        double mean = Arrays.stream(x).flatMapToDouble(Arrays::stream).average().orElseThrow();
        assertThat(mean).isCloseTo(0, within(4 / Math.sqrt(5000)));
        assertThat(Inputs.of(new InputSpec.GaussianMixture(100, 50, 1, Double.MAX_VALUE, 7))[3])
                .as("a separation of any size")
                .doesNotContain(Double.NaN);
    }
}
