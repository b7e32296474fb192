package org.shatterlab.lab.statistic;

/**
 * The moments of a statistic that has one value x per run.
 *
 * <p>Merging follows Chan, Golub and LeVeque (1983).
 *
 * @param count the number of runs
 * @param mean the mean of x over runs
 * @param m2 the {@linkplain SquareSum code} of the sum over runs of (x - mean)^2
 */
public record MeanMoments(long count, double mean, double m2) implements Moments {

    /** The moments of no run. */
    public static final MeanMoments EMPTY = new MeanMoments(0, 0, 0);

    /** Returns the moments with one more run. */
    public MeanMoments add(double x) {
        return combine(new MeanMoments(1, x, 0));
    }

    /** Returns the moments of the runs of both. */
    public MeanMoments combine(MeanMoments other) {
        if (count == 0) {
            return other;
        }
        if (other.count == 0) {
            return this;
        }
        long n = count + other.count;
        double delta = other.mean - mean;
        double weight = (double) other.count / n;
        double sum = m2 + other.m2 + delta * delta * count * weight;
        if (m2 < 0 || other.m2 < 0 || !SquareSum.isPrecise(sum)) {
            double left = SquareSum.rootMean(m2, count);
            double right = SquareSum.rootMean(other.m2, other.count);
            sum = SquareSum.encode(SquareSum.combinedRootMean(left, right, delta, weight), n);
        }
        return new MeanMoments(n, SquareSum.combinedMean(mean, other.mean, weight), sum);
    }

    @Override
    public Estimate estimate() {
        if (count == 0) {
            throw new IllegalStateException("An estimate needs at least one run.");
        }
        if (count == 1) {
            return new Estimate(mean, null, null, 1);
        }
        if (m2 < 0) {
            double unbiased = Math.sqrt(count / (count - 1.0));
            return Estimate.of(mean, -m2 * unbiased, -m2 / Math.sqrt(count - 1.0), count);
        }
        double variance = m2 / (count - 1);
        return Estimate.of(mean, Math.sqrt(variance), Math.sqrt(variance / count), count);
    }
}
