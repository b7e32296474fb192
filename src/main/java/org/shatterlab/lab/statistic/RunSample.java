package org.shatterlab.lab.statistic;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What one run says at one depth. */
public final class RunSample {

    private final SequencedMap<Key, Moments> rows = new LinkedHashMap<>();
    private final Map<Statistic, Matrix> matrices = new EnumMap<>(Statistic.class);
    private double @Nullable [] series;

    /**
     * One value of a statistic.
     *
     * @param index as the statistic defines it; null where it has only one value
     */
    record Key(Statistic statistic, @Nullable Integer index) {}

    /**
     * A matrix of one run.
     *
     * @param values row-major
     */
    record Matrix(int rows, int columns, double[] values) {}

    /** Adds a value per run, to be averaged over runs. */
    public void mean(Statistic statistic, @Nullable Integer index, double value) {
        rows.put(new Key(statistic, index), new MeanMoments(1, value, 0));
    }

    /** Adds a numerator and a denominator per run, whose means are to be divided. */
    public void ratio(Statistic statistic, double numerator, double denominator) {
        rows.put(new Key(statistic, null), new RatioMoments(1, numerator, denominator, 0, 0, 0));
    }

    /**
     * Adds a matrix.
     *
     * @param values row-major
     */
    public void matrix(Statistic statistic, int rows, int columns, double[] values) {
        matrices.put(statistic, new Matrix(rows, columns, values));
    }

    /** Adds the gradient over the inputs, M values. */
    public void series(double[] gradient) {
        series = gradient;
    }

    SequencedMap<Key, Moments> rows() {
        return Collections.unmodifiableSequencedMap(rows);
    }

    Map<Statistic, Matrix> matrices() {
        return Collections.unmodifiableMap(matrices);
    }

    double @Nullable [] series() {
        return series;
    }
}
