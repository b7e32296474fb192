package org.shatterlab.lab.statistic;

import static org.shatterlab.lab.statistic.Statistic.AUTOCORRELATION;
import static org.shatterlab.lab.statistic.Statistic.CORRELATION;
import static org.shatterlab.lab.statistic.Statistic.COVARIANCE;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_CORRELATION;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_VARIANCE;
import static org.shatterlab.lab.statistic.Statistic.OUTER_PRODUCT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.UnmeasurableException;
import org.shatterlab.lab.statistic.CellResult.Matrix;
import org.shatterlab.lab.statistic.CellResult.Row;
import org.shatterlab.lab.statistic.CellResult.Series;

/** Gathers the statistics of one depth, run by run. */
public final class DepthAccumulator {

    private final @Nullable Integer depth;
    private final int points;
    private final Set<Statistic> statistics;
    private MeanMoments variance = MeanMoments.EMPTY;
    private RatioMoments correlation = RatioMoments.EMPTY;
    private final List<MeanMoments> autocorrelation =
            new ArrayList<>(Collections.nCopies(Autocorrelation.LAGS, MeanMoments.EMPTY));
    private double @Nullable [] covarianceSum;
    private double @Nullable [] firstGradient;
    private int runs;

    /**
     * Starts with no runs.
     *
     * @param depth L; null for noise
     * @param points M
     * @param statistics what to gather
     */
    public DepthAccumulator(@Nullable Integer depth, int points, Set<Statistic> statistics) {
        this.depth = depth;
        this.points = points;
        this.statistics = statistics;
    }

    /** Whether samples must bring their gradient. */
    public static boolean needsGradient(Set<Statistic> statistics) {
        return !Collections.disjoint(statistics, Set.of(AUTOCORRELATION, GRADIENT, OUTER_PRODUCT));
    }

    /** Whether samples must bring their covariance. */
    public static boolean needsCovariance(Set<Statistic> statistics) {
        return !Collections.disjoint(statistics, Set.of(COVARIANCE, CORRELATION));
    }

    /**
     * Adds the next run.
     *
     * @throws UnmeasurableException where the run has no value for a statistic
     */
    public void add(GradientSample sample) {
        variance = variance.add(sample.trace() / points);
        correlation = correlation.add(sample.offDiagonal() / (points - 1), sample.trace());
        if (statistics.contains(AUTOCORRELATION)) {
            addAutocorrelation(Objects.requireNonNull(sample.gradient()));
        }
        if (needsCovariance(statistics)) {
            addCovariance(Objects.requireNonNull(sample.covariance()));
        }
        if (runs == 0) {
            firstGradient = sample.gradient();
        }
        runs++;
    }

    private void addAutocorrelation(double[] gradient) {
        double[] values = Autocorrelation.of(gradient);
        if (Double.isNaN(values[0])) {
            throw new UnmeasurableException(
                    "The gradient of a run is the same at every input, so that its autocorrelation is 0/0. "
                            + "Ask for a wider network, or leave autocorrelation out.");
        }
        for (int lag = 0; lag < Autocorrelation.LAGS; lag++) {
            autocorrelation.set(lag, autocorrelation.get(lag).add(values[lag]));
        }
    }

    private void addCovariance(double[] covariance) {
        if (covarianceSum == null) {
            covarianceSum = new double[covariance.length];
        }
        double[] sum = covarianceSum;
        Arrays.setAll(sum, i -> sum[i] + covariance[i]);
    }

    /**
     * Adds what was gathered to a cell's result.
     *
     * @param keepSeries whether the first run gathered is run 0, whose series is kept
     */
    void addTo(List<Row> rows, List<Matrix> matrices, List<Series> series, boolean keepSeries) {
        if (statistics.contains(GRADIENT_VARIANCE)) {
            rows.add(new Row(GRADIENT_VARIANCE, depth, null, variance));
        }
        if (statistics.contains(GRADIENT_CORRELATION)) {
            if (correlation.meanDenominator() == 0) {
                throw new UnmeasurableException(
                        "The gradients are exactly 0 in every run, so that their correlation is "
                                + "0/0: the network is dead or its gradients left the floating-point range. "
                                + "Ask for a wider or shallower network, or for \"precision\": \"float64\".");
            }
            rows.add(new Row(GRADIENT_CORRELATION, depth, null, correlation));
        }
        if (statistics.contains(AUTOCORRELATION)) {
            for (int lag = 0; lag < Autocorrelation.LAGS; lag++) {
                rows.add(new Row(AUTOCORRELATION, depth, lag, autocorrelation.get(lag)));
            }
        }
        if (covarianceSum != null) {
            int n = runs;
            double[] mean = Arrays.stream(covarianceSum).map(sum -> sum / n).toArray();
            matrices.add(new Matrix(depth, points, runs, mean));
        }
        if (keepSeries
                && firstGradient != null
                && (statistics.contains(GRADIENT) || statistics.contains(OUTER_PRODUCT))) {
            series.add(new Series(depth, 0, firstGradient));
        }
    }
}
