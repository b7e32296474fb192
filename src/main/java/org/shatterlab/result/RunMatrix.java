package org.shatterlab.result;

/**
 * A square matrix over pairs of inputs.
 *
 * @param runs over how many
 * @param values row-major, M x M; NaN where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // half a million boxes would be no safer: it is made for one reader
public record RunMatrix(long runs, double[] values) {

    /** The number of inputs M. */
    public int size() {
        return (int) Math.sqrt(values.length);
    }
}
