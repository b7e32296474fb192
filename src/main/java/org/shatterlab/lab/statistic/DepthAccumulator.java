package org.shatterlab.lab.statistic;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.statistic.CellResult.Matrix;
import org.shatterlab.lab.statistic.CellResult.Row;
import org.shatterlab.lab.statistic.CellResult.Series;

/** Gathers the statistics of one depth, run by run: values and matrices over runs, the rest of run 0. */
public final class DepthAccumulator {

    private final @Nullable Integer depth;
    private final SequencedMap<RunSample.Key, Moments> rows = new LinkedHashMap<>();
    private final Map<Statistic, Matrix> matrices = new EnumMap<>(Statistic.class);
    private double @Nullable [] firstSeries;
    private int runs;

    /**
     * Starts with no runs.
     *
     * @param depth L; null for noise
     */
    public DepthAccumulator(@Nullable Integer depth) {
        this.depth = depth;
    }

    /** Adds the next run. */
    public void add(RunSample sample) {
        sample.rows().forEach((key, moments) -> rows.merge(key, moments, Moments::combine));
        sample.matrices().forEach(this::add);
        if (runs == 0) {
            firstSeries = sample.series();
        }
        runs++;
    }

    private void add(Statistic statistic, RunSample.Matrix matrix) {
        Matrix before = matrices.get(statistic);
        if (before == null) {
            matrices.put(statistic, new Matrix(statistic, depth, matrix.rows(), matrix.columns(), 1, matrix.values()));
        } else if (!statistic.isOfRunZero()) {
            double[] sum = before.values();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += matrix.values()[i];
            }
            matrices.put(
                    statistic, new Matrix(statistic, depth, before.rows(), before.columns(), before.runs() + 1, sum));
        }
    }

    /**
     * Adds what was gathered to a cell's result.
     *
     * @param holdsRunZero whether the first run gathered is run 0, of which some statistics are kept alone
     * @throws UnmeasurableException where the runs have no value for a statistic
     */
    void addTo(List<Row> target, List<Matrix> matrixTarget, List<Series> seriesTarget, boolean holdsRunZero) {
        rows.forEach((key, moments) -> {
            requireDenominator(moments);
            target.add(new Row(key.statistic(), depth, key.index(), moments));
        });
        for (Matrix sum : matrices.values()) {
            if (holdsRunZero || !sum.statistic().isOfRunZero()) {
                matrixTarget.add(mean(sum));
            }
        }
        if (holdsRunZero && firstSeries != null) {
            seriesTarget.add(new Series(depth, 0, firstSeries));
        }
    }

    private static void requireDenominator(Moments moments) {
        if (moments instanceof RatioMoments ratio && ratio.meanDenominator() == 0) {
            throw new UnmeasurableException("The gradients are exactly 0 in every run, so that their correlation is "
                    + "0/0: the network is dead or its gradients left the floating-point range. "
                    + "Ask for a wider or shallower network, or for \"precision\": \"float64\".");
        }
    }

    private static Matrix mean(Matrix sum) {
        double[] mean = sum.values().clone();
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= sum.runs();
        }
        return new Matrix(sum.statistic(), sum.depth(), sum.rows(), sum.columns(), sum.runs(), mean);
    }
}
