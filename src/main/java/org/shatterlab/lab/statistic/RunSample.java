package org.shatterlab.lab.statistic;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The measurements of one run at one depth. */
public final class RunSample {

    private final SequencedMap<SampleRowKey, Moments> rows = new LinkedHashMap<>();
    private final Map<Statistic, RunMatrix> matrices = new EnumMap<>(Statistic.class);
    private double @Nullable [] series;

    /**
     * The identity of one row within a depth.
     *
     * @param index the index that the statistic defines, or null if the statistic has one value per depth
     */
    record SampleRowKey(Statistic statistic, @Nullable Integer index) {}

    /**
     * A matrix that one run measured.
     *
     * @param values row-major
     */
    record RunMatrix(int rows, int columns, double[] values) {}

    /** Adds a value that is averaged over runs. */
    public void addMean(Statistic statistic, @Nullable Integer index, double value) {
        rows.put(new SampleRowKey(statistic, index), new MeanMoments(1, value, 0));
    }

    /** Adds a numerator and a denominator. The statistic is the ratio of their means over runs. */
    public void addRatio(Statistic statistic, double numerator, double denominator) {
        rows.put(new SampleRowKey(statistic, null), new RatioMoments(1, numerator, denominator, 0, 0, 0));
    }

    /**
     * Adds the matrix of a statistic.
     *
     * @param values row-major
     */
    public void addMatrix(Statistic statistic, int rows, int columns, double[] values) {
        matrices.put(statistic, new RunMatrix(rows, columns, values));
    }

    /** Sets the gradient over the inputs, M values. */
    public void setSeries(double[] gradient) {
        series = gradient;
    }

    SequencedMap<SampleRowKey, Moments> rows() {
        return Collections.unmodifiableSequencedMap(rows);
    }

    Map<Statistic, RunMatrix> matrices() {
        return Collections.unmodifiableMap(matrices);
    }

    double @Nullable [] series() {
        return series;
    }
}
