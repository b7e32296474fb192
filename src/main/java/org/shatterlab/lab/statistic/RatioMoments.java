package org.shatterlab.lab.statistic;

/**
 * The joint moments of a numerator x and a denominator y per run, whose statistic is the ratio of means R = mean(x) /
 * mean(y). Its standard error is that of the delta method, sqrt((s_xx - 2 R s_xy + R^2 s_yy) / n) / mean(y).
 *
 * @param m2Numerator sum over runs of (x - mean(x))^2
 * @param m2Denominator sum over runs of (y - mean(y))^2
 * @param coMoment sum over runs of (x - mean(x)) (y - mean(y))
 */
public record RatioMoments(
        long count,
        double meanNumerator,
        double meanDenominator,
        double m2Numerator,
        double m2Denominator,
        double coMoment)
        implements Moments {

    public static final RatioMoments EMPTY = new RatioMoments(0, 0, 0, 0, 0, 0);

    public RatioMoments add(double numerator, double denominator) {
        return combine(new RatioMoments(1, numerator, denominator, 0, 0, 0));
    }

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
            throw new IllegalStateException("a ratio of means needs runs with a denominator other than 0");
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
