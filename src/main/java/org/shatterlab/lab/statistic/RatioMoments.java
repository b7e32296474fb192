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
 * @param m2Numerator the {@linkplain SquareSum code} of the sum over runs of (x - mean(x))^2
 * @param m2Denominator the code of the sum over runs of (y - mean(y))^2
 * @param coMoment the sum over runs of (x - mean(x)) (y - mean(y)). If one of the codes is negative, the correlation
 *     of x and y over runs takes the place of the sum, which may be out of range
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
        RatioMoments sums = new RatioMoments(
                n,
                SquareSum.combinedMean(meanNumerator, other.meanNumerator, weight),
                SquareSum.combinedMean(meanDenominator, other.meanDenominator, weight),
                m2Numerator + other.m2Numerator + deltaX * deltaX * between,
                m2Denominator + other.m2Denominator + deltaY * deltaY * between,
                coMoment + other.coMoment + deltaX * deltaY * between);
        return hasSums() && other.hasSums() && sums.isPrecise() ? sums : combineRoots(other, sums);
    }

    private boolean hasSums() {
        return m2Numerator >= 0 && m2Denominator >= 0;
    }

    private boolean isPrecise() {
        return SquareSum.isPrecise(m2Numerator) && SquareSum.isPrecise(m2Denominator);
    }

    private double rootNumerator() {
        return SquareSum.rootMean(m2Numerator, count);
    }

    private double rootDenominator() {
        return SquareSum.rootMean(m2Denominator, count);
    }

    /** Returns the correlation of x and y over runs, or 0 if one of them does not vary. */
    private double correlation() {
        if (!hasSums()) {
            return coMoment;
        }
        double x = rootNumerator();
        double y = rootDenominator();
        return x == 0 || y == 0 ? 0 : coMoment / count / x / y;
    }

    /**
     * Combines the root mean squares instead of the squares, which are out of range.
     *
     * @param sums the moments of both with sums of squares, of which only the means are in range
     */
    private RatioMoments combineRoots(RatioMoments other, RatioMoments sums) {
        double weight = (double) other.count / sums.count;
        double deltaX = other.meanNumerator - meanNumerator;
        double deltaY = other.meanDenominator - meanDenominator;
        double x = SquareSum.combinedRootMean(rootNumerator(), other.rootNumerator(), deltaX, weight);
        double y = SquareSum.combinedRootMean(rootDenominator(), other.rootDenominator(), deltaY, weight);
        double codeX = SquareSum.encode(x, sums.count);
        double codeY = SquareSum.encode(y, sums.count);
        // A term of a sum can overflow although the sum is in range.
        boolean isFinite = Double.isFinite(sums.m2Numerator) && Double.isFinite(sums.m2Denominator);
        if (codeX >= 0 && codeY >= 0 && hasSums() && other.hasSums() && isFinite) {
            return sums;
        }
        double correlation = x == 0 || y == 0
                ? 0
                : (1 - weight) * correlation() * (rootNumerator() / x) * (rootDenominator() / y)
                        + weight * other.correlation() * (other.rootNumerator() / x) * (other.rootDenominator() / y)
                        + weight * (1 - weight) * (deltaX / x) * (deltaY / y);
        return new RatioMoments(
                sums.count,
                sums.meanNumerator,
                sums.meanDenominator,
                codeX,
                codeY,
                codeX >= 0 && codeY >= 0 ? correlation * x * y * sums.count : correlation);
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
        return Estimate.of(ratio, null, standardError(ratio), count);
    }

    private double standardError(double ratio) {
        double square = meanDenominator * meanDenominator;
        if (hasSums() && SquareSum.isPrecise(square)) {
            double residual = Math.max(0, m2Numerator - 2 * ratio * coMoment + ratio * ratio * m2Denominator);
            double variance = residual / (count - 1) / count / square;
            if (residual == 0 || SquareSum.isPrecise(variance)) {
                return Math.sqrt(variance);
            }
        }
        double x = rootNumerator() / meanDenominator;
        double y = ratio * (rootDenominator() / meanDenominator);
        double unit = Math.max(Math.abs(x), Math.abs(y));
        if (unit == 0) {
            return 0;
        }
        double residual =
                (x / unit) * (x / unit) - 2 * correlation() * (x / unit) * (y / unit) + (y / unit) * (y / unit);
        return unit * Math.sqrt(Math.max(0, residual) / (count - 1));
    }
}
