package org.shatterlab.lab.statistic;

/**
 * The joint moments of a statistic that has a numerator x and a denominator y per run.
 *
 * <p>The statistic is the ratio of means R = mean(x) / mean(y). The delta method gives its standard error,
 * sqrt((s_xx - 2 R s_xy + R^2 s_yy) / n) / mean(y).
 *
 * @param count n, the number of runs
 * @param meanNumerator the mean of x over runs
 * @param meanDenominator the mean of y over runs
 * @param m2Numerator the sum over runs of (x - mean(x))^2
 * @param m2Denominator the sum over runs of (y - mean(y))^2
 * @param coMoment the sum over runs of (x - mean(x)) (y - mean(y))
 */
public record RatioMoments(
        long count,
        double meanNumerator,
        double meanDenominator,
        double m2Numerator,
        double m2Denominator,
        double coMoment)
        implements Moments {

    /** The moments of no run. */
    public static final RatioMoments EMPTY = new RatioMoments(0, 0, 0, 0, 0, 0);

    /** Returns the moments with one more run. */
    public RatioMoments add(double numerator, double denominator) {
        return combine(new RatioMoments(1, numerator, denominator, 0, 0, 0));
    }

    /** Returns the moments of the runs of both. */
    public RatioMoments combine(RatioMoments other) {
        if (count == 0) {
            return other;
        }
        if (other.count == 0) {
            return this;
        }
        long n = count + other.count;
        double deltaX = other.meanNumerator - meanNumerator;
        double deltaY = other.meanDenominator - meanDenominator;
        double weight = (double) other.count / n;
        double between = count * weight;
        return new RatioMoments(
                n,
                meanNumerator + deltaX * weight,
                meanDenominator + deltaY * weight,
                m2Numerator + other.m2Numerator + deltaX * deltaX * between,
                m2Denominator + other.m2Denominator + deltaY * deltaY * between,
                coMoment + other.coMoment + deltaX * deltaY * between);
    }

    @Override
    public Estimate estimate() {
        if (count == 0 || meanDenominator == 0) {
            throw new IllegalStateException("A ratio of means needs at least one run and a nonzero mean denominator.");
        }
        double ratio = meanNumerator / meanDenominator;
        if (count == 1) {
            return new Estimate(ratio, null, null, 1);
        }
        double residual = m2Numerator - 2 * ratio * coMoment + ratio * ratio * m2Denominator;
        double variance = Math.max(0, residual) / (count - 1) / count / (meanDenominator * meanDenominator);
        return new Estimate(ratio, null, Math.sqrt(variance), count);
    }
}
