package org.shatterlab.result;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.Optional;

/** The weighted sum of the matrices of cells. The sum holds one matrix, however many cells are added. */
final class MatrixSum {

    private int rows;
    private int columns;
    private long runs;
    private double[] values = new double[0];

    /**
     * Adds the matrix of a cell.
     *
     * @param runs the number of runs that the entries are averaged over
     * @param entries the entries as {@link ResultStore} stores them
     */
    void add(int rows, int columns, long runs, byte[] entries) {
        DoubleBuffer added = ByteBuffer.wrap(entries).asDoubleBuffer();
        if (this.runs == 0) {
            this.rows = rows;
            this.columns = columns;
            values = new double[added.remaining()];
        }
        this.runs += runs;
        for (int i = 0; i < values.length; i++) {
            values[i] += runs * added.get(i);
        }
    }

    /** Returns the average over all runs; empty if no matrix was added. Nothing may be added later. */
    Optional<AveragedMatrix> average() {
        for (int i = 0; i < values.length; i++) {
            values[i] /= runs;
        }
        return runs == 0 ? Optional.empty() : Optional.of(new AveragedMatrix(rows, columns, runs, values));
    }
}
