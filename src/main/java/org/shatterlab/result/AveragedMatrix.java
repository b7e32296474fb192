package org.shatterlab.result;

/**
 * A matrix of which rows or columns are inputs.
 *
 * @param runs over how many
 * @param values row-major; NaN where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // half a million boxes would be no safer: it is made for one reader
public record AveragedMatrix(int rows, int columns, long runs, double[] values) {}
