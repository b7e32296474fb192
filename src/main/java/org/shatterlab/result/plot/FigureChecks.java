package org.shatterlab.result.plot;

/** Checks the data of figures. */
final class FigureChecks {

    private FigureChecks() {}

    /**
     * Requires a condition.
     *
     * @throws IllegalArgumentException with the message, if the condition does not hold
     */
    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * Requires that all values are finite.
     *
     * @throws IllegalArgumentException with the name and the index of the first value that is not finite
     */
    static void requireFinite(double[] values, String name) {
        for (int i = 0; i < values.length; i++) {
            require(Double.isFinite(values[i]), name + "[" + i + "] must be finite, but is " + values[i] + ".");
        }
    }
}
