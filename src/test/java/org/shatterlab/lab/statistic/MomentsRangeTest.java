package org.shatterlab.lab.statistic;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests moments whose squares leave the range of double, against exact decimal arithmetic. */
class MomentsRangeTest {

    private static final MathContext DIGITS = new MathContext(60);
    private static final Percentage ROUNDING = Percentage.withPercentage(1e-11);
    private static final int RUNS = 23;

    /** Returns positive values that spread over about one order of magnitude around a scale. */
    private static double[] values(SplittableRandom random, double scale) {
        return random.doubles(RUNS, 0.2, 1.8).map(x -> x * scale).toArray();
    }

    private static BigDecimal mean(double[] x) {
        BigDecimal sum = Arrays.stream(x).mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
        return sum.divide(BigDecimal.valueOf(x.length), DIGITS);
    }

    private static BigDecimal coMoment(double[] x, double[] y) {
        BigDecimal meanX = mean(x);
        BigDecimal meanY = mean(y);
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < x.length; i++) {
            sum = sum.add(new BigDecimal(x[i]).subtract(meanX).multiply(new BigDecimal(y[i]).subtract(meanY), DIGITS));
        }
        return sum;
    }

    private static double root(BigDecimal square) {
        return square.sqrt(DIGITS).doubleValue();
    }

    /** Returns the moments of values that arrive in cells of five runs, as a reader merges them. */
    private static MeanMoments merged(double[] x) {
        MeanMoments all = MeanMoments.EMPTY;
        for (int from = 0; from < x.length; from += 5) {
            MeanMoments cell = MeanMoments.EMPTY;
            for (int i = from; i < Math.min(from + 5, x.length); i++) {
                cell = cell.add(x[i]);
            }
            all = all.combine(cell);
        }
        return all;
    }

    private static RatioMoments merged(double[] x, double[] y) {
        RatioMoments all = RatioMoments.EMPTY;
        for (int from = 0; from < x.length; from += 5) {
            RatioMoments cell = RatioMoments.EMPTY;
            for (int i = from; i < Math.min(from + 5, x.length); i++) {
                cell = cell.add(x[i], y[i]);
            }
            all = all.combine(cell);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-290, 1e-200, 1e-155, 1e-145, 1e-140, 1, 1e150, 1e153, 1e154, 1e180, 1e307})
    void meanMatchesExactArithmetic(double scale) {
        for (int seed = 0; seed < 50; seed++) {
            double[] x = values(new SplittableRandom(seed), scale);
            Estimate estimate = merged(x).estimate();
            BigDecimal variance = coMoment(x, x).divide(BigDecimal.valueOf(RUNS - 1), DIGITS);
            assertThat(estimate.mean()).isCloseTo(mean(x).doubleValue(), ROUNDING);
            assertThat(estimate.standardDeviation()).isCloseTo(root(variance), ROUNDING);
            assertThat(estimate.standardError())
                    .isCloseTo(root(variance.divide(BigDecimal.valueOf(RUNS), DIGITS)), ROUNDING);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-290, 1e-200, 1e-155, 1e-145, 1e-140, 1, 1e150, 1e153, 1e154, 1e180, 1e307})
    void ratioMatchesExactArithmetic(double scale) {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] y = values(random, scale);
            double[] x =
                    Arrays.stream(y).map(v -> v * random.nextDouble(-0.1, 0.3)).toArray();
            BigDecimal ratio = mean(x).divide(mean(y), DIGITS);
            BigDecimal residual = coMoment(x, x)
                    .subtract(ratio.multiply(coMoment(x, y)).multiply(BigDecimal.TWO))
                    .add(ratio.multiply(ratio).multiply(coMoment(y, y)), DIGITS);
            BigDecimal variance = residual.divide(BigDecimal.valueOf((RUNS - 1) * RUNS), DIGITS)
                    .divide(mean(y).multiply(mean(y)), DIGITS);
            Estimate estimate = merged(x, y).estimate();
            assertThat(estimate.mean()).isCloseTo(ratio.doubleValue(), ROUNDING);
            assertThat(estimate.standardError()).isCloseTo(root(variance), ROUNDING);
        }
    }

    /** The runs of a deep network without normalization spread over many orders of magnitude. */
    @Test
    void mergesRunsOfVeryDifferentSize() {
        SplittableRandom random = new SplittableRandom(1);
        double[] x = random.doubles(RUNS, -160, 160)
                .map(exponent -> Math.pow(10, exponent))
                .toArray();
        Estimate estimate = merged(x).estimate();
        assertThat(estimate.standardDeviation())
                .isCloseTo(root(coMoment(x, x).divide(BigDecimal.valueOf(RUNS - 1), DIGITS)), ROUNDING);
    }

    /** The formulas are those of the first version, whose results are stored. */
    @Test
    void keepsBitsOfNumbersInRange() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 200_000; i++) {
            RatioMoments a = sums(random);
            RatioMoments b = sums(random);
            long n = a.count() + b.count();
            double dx = b.meanNumerator() - a.meanNumerator();
            double dy = b.meanDenominator() - a.meanDenominator();
            double weight = (double) b.count() / n;
            double between = a.count() * weight;
            RatioMoments expected = new RatioMoments(
                    n,
                    a.meanNumerator() + dx * weight,
                    a.meanDenominator() + dy * weight,
                    a.m2Numerator() + b.m2Numerator() + dx * dx * between,
                    a.m2Denominator() + b.m2Denominator() + dy * dy * between,
                    a.coMoment() + b.coMoment() + dx * dy * between);
            assertThat(a.combine(b)).isEqualTo(expected);
            double ratio = expected.meanNumerator() / expected.meanDenominator();
            double residual =
                    expected.m2Numerator() - 2 * ratio * expected.coMoment() + ratio * ratio * expected.m2Denominator();
            double variance =
                    Math.max(0, residual) / (n - 1) / n / (expected.meanDenominator() * expected.meanDenominator());
            assertThat(expected.estimate().standardError()).isEqualTo(Math.sqrt(variance));
            MeanMoments mean = new MeanMoments(a.count(), a.meanNumerator(), a.m2Numerator())
                    .combine(new MeanMoments(b.count(), b.meanNumerator(), b.m2Numerator()));
            double m2 = a.m2Numerator() + b.m2Numerator() + dx * dx * a.count() * weight;
            assertThat(mean).isEqualTo(new MeanMoments(n, expected.meanNumerator(), m2));
            assertThat(mean.estimate().standardDeviation()).isEqualTo(Math.sqrt(m2 / (n - 1)));
            assertThat(mean.estimate().standardError()).isEqualTo(Math.sqrt(m2 / (n - 1) / n));
        }
    }

    /** Returns the sums of one to five runs, sometimes without variation, at any scale from 1e-60 to 1e60. */
    private static RatioMoments sums(SplittableRandom random) {
        double scale = Math.pow(10, random.nextInt(-60, 61));
        double x = random.nextDouble(-1, 1) * scale;
        double y = random.nextDouble(0.1, 1) * scale;
        int count = random.nextInt(1, 6);
        boolean varies = count > 1 && random.nextInt(4) > 0;
        double spreadX = varies ? random.nextDouble() * scale : 0;
        double spreadY = varies ? random.nextDouble() * scale : 0;
        double correlation = random.nextDouble(-1, 1);
        return new RatioMoments(count, x, y, spreadX * spreadX, spreadY * spreadY, correlation * spreadX * spreadY);
    }

    @Test
    void reportsNoErrorOfEarlierOverflow() {
        // An earlier version stored such sums.
        MeanMoments mean = new MeanMoments(5, 1e180, Double.POSITIVE_INFINITY);
        RatioMoments ratio =
                new RatioMoments(5, 1e180, 2e180, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN);
        for (Estimate estimate : new Estimate[] {
            mean.estimate(),
            mean.combine(mean).estimate(),
            ratio.estimate(),
            ratio.combine(ratio).estimate()
        }) {
            assertThat(estimate.standardDeviation()).isNull();
            assertThat(estimate.standardError()).isNull();
            assertThat(estimate.isErrorOutOfRange()).isTrue();
        }
    }

    @Test
    void meansOfOppositeSignStayFinite() {
        Estimate estimate =
                MeanMoments.EMPTY.add(-1.7e308).add(1.7e308).add(1.7e308).estimate();
        assertThat(estimate.mean()).isCloseTo(1.7e308 / 3, ROUNDING);
        assertThat(estimate.standardError()).isNull();
    }

    @Test
    void correlationsMatchExactArithmetic() {
        for (double left : new double[] {1e-300, 1e-200, 1, 1e160, 1e300}) {
            for (double right : new double[] {3e-300, 3e-200, 3, 3e160, 3e300}) {
                BigDecimal product = new BigDecimal(left).multiply(new BigDecimal(right));
                double covariance = 0.25 * root(product);
                double[] correlation = Matrices.correlation(new double[] {left, covariance, covariance, right});
                assertThat(correlation[0]).isEqualTo(1);
                assertThat(correlation[3]).isEqualTo(1);
                assertThat(correlation[1]).isCloseTo(0.25, ROUNDING).isEqualTo(correlation[2]);
            }
        }
    }

    @Test
    void correlationKeepsBitsInRange() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 100_000; i++) {
            double a = random.nextDouble() * Math.pow(10, random.nextInt(-70, 70));
            double b = random.nextDouble() * Math.pow(10, random.nextInt(-70, 70));
            double c = Math.sqrt(a * b) * random.nextDouble(-1, 1);
            assertThat(Matrices.correlation(new double[] {a, c, c, b})[1]).isEqualTo(c / Math.sqrt(a * b));
        }
    }

    /** Statistics without a unit do not depend on a factor that is a power of two. */
    @ParameterizedTest
    @ValueSource(ints = {-1000, -700, -530, 530, 700, 1000})
    void ratiosIgnoreScaleOfSeries(int exponent) {
        double[] series = new SplittableRandom(4).doubles(40, -1, 1).toArray();
        double[] scaled =
                Arrays.stream(series).map(g -> Math.scalb(g, exponent)).toArray();
        assertThat(Autocorrelation.of(scaled)).isEqualTo(Autocorrelation.of(series));
        assertThat(Matrices.outerProduct(scaled)).isEqualTo(Matrices.outerProduct(series));
        assertThat(SpectralExponent.of(scaled)).isCloseTo(SpectralExponent.of(series), Percentage.withPercentage(1e-9));
    }

    @Test
    void meanDiagonalDoesNotOverflow() {
        assertThat(Matrices.overMeanDiagonal(new double[] {1.5e308, 0.5e308, 0.5e308, 0.5e308}))
                .containsExactly(new double[] {1.5, 0.5, 0.5, 0.5}, Offset.offset(1e-12));
    }
}
