package org.shatterlab.lab.statistic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a cell measured.
 *
 * @param rows one for each depth, statistic and index
 * @param matrices one for each depth and statistic that has them, where asked for
 * @param series the gradient of run 0 at each depth, where asked for and where the cell holds run 0
 */
public record CellResult(List<Row> rows, List<Matrix> matrices, List<Series> series) {

    /**
     * One statistic over the cell's runs.
     *
     * @param depth L; null for noise
     * @param index as the statistic defines it; null where there is only one value
     */
    public record Row(
            Statistic statistic,
            @Nullable Integer depth,
            @Nullable Integer index,
            Moments moments) {}

    /**
     * A matrix, averaged over the cell's runs or, where the statistic is {@link Statistic#isOfRunZero}, of run 0.
     *
     * @param depth L; null for noise
     * @param values row-major
     */
    public record Matrix(
            Statistic statistic, @Nullable Integer depth, int rows, int columns, long runs, double[] values) {}

    /**
     * The gradient over the inputs of one run.
     *
     * @param depth L; null for noise
     * @param values M
     */
    public record Series(@Nullable Integer depth, int run, double[] values) {}

    /**
     * The results of one cell's depths.
     *
     * @param holdsRunZero whether the first run gathered is run 0
     */
    public static CellResult of(Collection<DepthAccumulator> depths, boolean holdsRunZero) {
        List<Row> rows = new ArrayList<>();
        List<Matrix> matrices = new ArrayList<>();
        List<Series> series = new ArrayList<>();
        depths.forEach(depth -> depth.addTo(rows, matrices, series, holdsRunZero));
        return new CellResult(rows, matrices, series);
    }
}
