package org.shatterlab.lab.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {

    @Test
    void estimatesStandardErrorOfMean() {
        MeanMoments moments = MeanMoments.EMPTY;
        for (double x : new double[] {2, 4, 4, 4, 5, 5, 7, 9}) {
            moments = moments.add(x);
        }
        Estimate estimate = moments.estimate();
        assertThat(estimate.mean()).isEqualTo(5);
        // The sum of squared deviations is 32, and n - 1 is 7.
        assertThat(estimate.standardDeviation()).isCloseTo(Math.sqrt(32 / 7.0), within(1e-15));
        assertThat(estimate.standardError()).isCloseTo(Math.sqrt(32 / 7.0 / 8), within(1e-15));
        assertThat(estimate.runs()).isEqualTo(8);
    }

    @Test
    void reportsNoErrorForSingleRun() {
        assertThat(MeanMoments.EMPTY.add(3).estimate()).isEqualTo(new Estimate(3, null, null, 1));
        assertThat(RatioMoments.EMPTY.add(1, 4).estimate()).isEqualTo(new Estimate(0.25, null, null, 1));
    }

    @Test
    void rejectsEstimateWithoutRuns() {
        assertThatIllegalStateException().isThrownBy(MeanMoments.EMPTY::estimate);
        assertThatIllegalStateException()
                .isThrownBy(() -> RatioMoments.EMPTY.add(0, 0).estimate());
    }

    /** The jackknife is another estimate of the standard error, which is accurate to order 1/n. */
    @Test
    void matchesJackknifeErrorOfRatio() {
        Random random = new Random(5);
        int n = 400;
        double[] x = new double[n];
        double[] y = new double[n];
        RatioMoments moments = RatioMoments.EMPTY;
        double sumX = 0;
        double sumY = 0;
        for (int i = 0; i < n; i++) {
            y[i] = 2 + random.nextGaussian() * 0.5;
            x[i] = 0.3 * y[i] + random.nextGaussian() * 0.4;
            moments = moments.add(x[i], y[i]);
            sumX += x[i];
            sumY += y[i];
        }
        double jackknife = 0;
        for (int i = 0; i < n; i++) {
            jackknife += Math.pow((sumX - x[i]) / (sumY - y[i]) - sumX / sumY, 2);
        }
        Estimate estimate = moments.estimate();
        assertThat(estimate.mean()).isCloseTo(sumX / sumY, within(1e-12));
        assertThat(estimate.standardError())
                .isCloseTo(Math.sqrt(jackknife * (n - 1) / n), Percentage.withPercentage(1));
        assertThat(estimate.standardDeviation()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 17, 30})
    void mergesPartsToWhole(int split) {
        Random random = new Random(split);
        MeanMoments wholeMean = MeanMoments.EMPTY;
        RatioMoments wholeRatio = RatioMoments.EMPTY;
        MeanMoments[] mean = {MeanMoments.EMPTY, MeanMoments.EMPTY};
        RatioMoments[] ratio = {RatioMoments.EMPTY, RatioMoments.EMPTY};
        for (int i = 0; i < 30; i++) {
            double x = random.nextGaussian() + 1e3;
            double y = random.nextGaussian() + 10;
            wholeMean = wholeMean.add(x);
            wholeRatio = wholeRatio.add(x, y);
            int group = i < split ? 0 : 1;
            mean[group] = mean[group].add(x);
            ratio[group] = ratio[group].add(x, y);
        }
        assertClose(mean[0].combine(mean[1]).estimate(), wholeMean.estimate());
        assertClose(ratio[0].combine(ratio[1]).estimate(), wholeRatio.estimate());
    }

    private static void assertClose(Estimate actual, Estimate expected) {
        assertThat(actual.mean()).isCloseTo(expected.mean(), Percentage.withPercentage(1e-10));
        assertThat(actual.standardError()).isCloseTo(expected.standardError(), Percentage.withPercentage(1e-7));
        assertThat(actual.runs()).isEqualTo(expected.runs());
    }
}
