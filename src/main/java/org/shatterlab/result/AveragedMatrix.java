package org.shatterlab.result;

/**
 * A matrix whose rows or columns are inputs, averaged over runs.
 *
 * @param rows the number of rows
 * @param columns the number of columns
 * @param runs the number of runs that the matrix is averaged over
 * @param values rows x columns entries, row-major; NaN where an entry is undefined
 */
@SuppressWarnings("ArrayRecordComponent") // A list would box half a million values, and each matrix has one reader.
public record AveragedMatrix(int rows, int columns, long runs, double[] values) {}
