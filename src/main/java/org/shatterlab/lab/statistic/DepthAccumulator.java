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

/**
 * Accumulates the statistics of one depth, run by run.
 *
 * <p>Rows and matrices are merged over runs. The series and the matrices of {@linkplain Statistic#isOfRunZero run 0}
 * are kept from the first run alone.
 */
public final class DepthAccumulator {

    private final @Nullable Integer depth;
    private final SequencedMap<RunSample.SampleRowKey, Moments> rows = new LinkedHashMap<>();
    private final Map<Statistic, Matrix> matrices = new EnumMap<>(Statistic.class);
    private double @Nullable [] firstSeries;
    private int runs;

    /**
     * Creates an accumulator without runs.
     *
     * @param depth L, or null for noise, which has no depth
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

    private void add(Statistic statistic, RunSample.RunMatrix matrix) {
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
     * Adds the rows, the matrices and the series of this depth to a cell's result.
     *
     * @param holdsRunZero whether the first accumulated run is run 0; without run 0 the statistics {@linkplain
     *     Statistic#isOfRunZero of run 0} are left out
     * @throws UnmeasurableException if the gradients of all runs are 0, so that their correlation is 0/0
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
            throw new UnmeasurableException("The gradients are exactly 0 in every run, so their correlation is "
                    + "undefined (0/0). The network is dead, or its gradients left the floating-point range. "
                    + "Use a wider or shallower network, or \"precision\": \"float64\".");
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
