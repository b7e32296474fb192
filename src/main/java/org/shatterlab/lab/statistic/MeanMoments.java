package org.shatterlab.lab.statistic;

/**
 * Count, mean and sum of squared deviations of a value per run, merged as in Chan, Golub and LeVeque (1983).
 *
 * @param m2 sum over runs of (x - mean)^2
 */
public record MeanMoments(long count, double mean, double m2) implements Moments {

    public static final MeanMoments EMPTY = new MeanMoments(0, 0, 0);

    public MeanMoments add(double x) {
        return combine(new MeanMoments(1, x, 0));
    }

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
        return new MeanMoments(n, mean + delta * weight, m2 + other.m2 + delta * delta * count * weight);
    }

    @Override
    public Estimate estimate() {
        if (count == 0) {
            throw new IllegalStateException("no runs to estimate from");
        }
        if (count == 1) {
            return new Estimate(mean, null, null, 1);
        }
        double variance = m2 / (count - 1);
        return new Estimate(mean, Math.sqrt(variance), Math.sqrt(variance / count), count);
    }
}
