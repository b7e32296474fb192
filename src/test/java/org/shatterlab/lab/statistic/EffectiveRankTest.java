package org.shatterlab.lab.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.random.Normals;

class EffectiveRankTest {

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    private static double rank(int rows, int columns, double... values) {
        try (NDManager manager = NDManager.newBaseManager();
                NDArray matrix = manager.create(values, new Shape(rows, columns))) {
            return EffectiveRank.of(matrix);
        }
    }

    /**
     * The largest singular value of a large random matrix is sqrt D + sqrt M. This gives DM / (sqrt D + sqrt M)^2 =
     * 154.
     */
    @ParameterizedTest(name = "{0} x {1}, seed {2}")
    @CsvSource({"256, 3072, 1", "3072, 256, 2"})
    void matchesRandomMatrixTheory(int rows, int columns, int seed) {
        ContinuousSampler normals = Normals.named("rank " + seed);
        double[] values = new double[rows * columns];
        Arrays.setAll(values, _ -> normals.sample());
        assertThat(rank(rows, columns, values)).isCloseTo(154, Percentage.withPercentage(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1000, -600, 600, 1020})
    void ignoresScaleOfGradients(int exponent) {
        double[] values = {1, 2, -2, -3, 1.5, 2};
        double[] scaled =
                Arrays.stream(values).map(g -> Math.scalb(g, exponent)).toArray();
        assertThat(rank(3, 2, scaled)).isCloseTo(rank(3, 2, values), within(1e-12));
    }

    @Test
    void parallelGradientsHaveRankOne() {
        assertThat(rank(3, 2, 1, 2, -2, -4, 10, 20)).isCloseTo(1, within(1e-12));
    }

    /** A nearly linear network has such gradients. They differ from one direction only by rounding. */
    @ParameterizedTest(name = "noise {0}")
    @ValueSource(doubles = {0, 1e-16, 1e-12, 1e-9, 1e-7})
    void almostParallelGradientsHaveRankOne(double noise) {
        for (int seed = 0; seed < 200; seed++) {
            ContinuousSampler normals = Normals.named("almost parallel " + seed);
            int rows = 2 + seed % 63;
            double[] direction = normals.samples(200).toArray();
            double[] values = new double[rows * 200];
            Arrays.setAll(values, i -> direction[i % 200] + noise * normals.sample());
            assertThat(rank(rows, 200, values)).as("seed %d", seed).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void weighsOrthogonalGradientsBySquaredLength() {
        assertThat(rank(3, 4, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0)).isCloseTo(3, within(1e-12));
        assertThat(rank(2, 3, 3, 0, 0, 0, 0, 1)).isCloseTo(10 / 9.0, within(1e-12));
        assertThat(rank(3, 2, 3, 0, 0, 0, 0, 1)).isCloseTo(10 / 9.0, within(1e-12));
    }

    /** The squared singular values of [[1, 1], [0, 1]] are (3 +- sqrt 5) / 2. */
    @Test
    void matchesKnownSingularValues() {
        assertThat(rank(2, 2, 1, 1, 0, 1)).isCloseTo(3 / ((3 + Math.sqrt(5)) / 2), within(1e-12));
    }

    @Test
    void largestGradientDominatesRank() {
        assertThat(rank(2, 2, 1, 1e200, 0, 1)).isCloseTo(1, within(1e-12));
    }

    @Test
    void returnsNanForDegenerateGradients() {
        assertThat(rank(2, 2, 0, 0, 0, 0)).isNaN();
        assertThat(rank(2, 2, 1, Double.NaN, 0, 1)).isNaN();
        assertThat(rank(2, 2, 1, Double.POSITIVE_INFINITY, 0, 1)).isNaN();
    }
}
