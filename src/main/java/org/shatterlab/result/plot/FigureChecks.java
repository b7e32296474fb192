package org.shatterlab.result.plot;

/** The refusals of the figures' data. */
final class FigureChecks {

    private FigureChecks() {}

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    static void requireFinite(double[] values, String name) {
        for (int i = 0; i < values.length; i++) {
            require(Double.isFinite(values[i]), name + "[" + i + "] is " + values[i]);
        }
    }
}
