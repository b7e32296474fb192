package org.shatterlab.lab.statistic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The measurements of one cell.
 *
 * @param rows one row for each depth, statistic and index
 * @param matrices one matrix for each depth and each requested statistic of matrices
 * @param series the gradient of run 0 at each depth; empty if not requested or if the cell does not hold run 0
 */
public record CellResult(List<Row> rows, List<Matrix> matrices, List<Series> series) {

    /**
     * The moments of one statistic over the cell's runs.
     *
     * @param depth L, or null for noise, which has no depth
     * @param index the index that the statistic defines, or null if the statistic has one value per depth
     */
    public record Row(
            Statistic statistic,
            @Nullable Integer depth,
            @Nullable Integer index,
            Moments moments) {}

    /**
     * A matrix, averaged over the cell's runs. A statistic {@linkplain Statistic#isOfRunZero of run 0} has the matrix
     * of run 0 alone.
     *
     * @param depth L, or null for noise, which has no depth
     * @param runs the number of runs in the average
     * @param values row-major
     */
    public record Matrix(
            Statistic statistic, @Nullable Integer depth, int rows, int columns, long runs, double[] values) {}

    /**
     * The gradient of one run over the inputs.
     *
     * @param depth L, or null for noise, which has no depth
     * @param values one value for each of the M inputs
     */
    public record Series(@Nullable Integer depth, int run, double[] values) {}

    /**
     * Collects the results of all depths of one cell.
     *
     * @param holdsRunZero whether the first accumulated run is run 0
     */
    public static CellResult of(Collection<DepthAccumulator> depths, boolean holdsRunZero) {
        List<Row> rows = new ArrayList<>();
        List<Matrix> matrices = new ArrayList<>();
        List<Series> series = new ArrayList<>();
        depths.forEach(depth -> depth.addTo(rows, matrices, series, holdsRunZero));
        return new CellResult(rows, matrices, series);
    }
}
