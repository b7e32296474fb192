package org.shatterlab.result.plot;

import java.util.List;

/**
 * The paper's Figure 4: how the rectifiers of a layer are active, a row for each network and depth: the raster of units
 * against inputs, the histogram of the units' mean activation and the histogram of the lengths of contiguous inputs on
 * which a unit does not change.
 *
 * @param caption where the data come from
 * @param inputs the axis of the inputs
 * @param rows one to 64
 */
public record Figure4(String caption, MatrixFigure.Axis inputs, List<Row> rows) implements Figure {

    private static final int MAX_ROWS = 64;

    /**
     * @throws IllegalArgumentException unless there are 1 to 64 rows, each with a raster over the inputs
     */
    public Figure4 {
        rows = List.copyOf(rows);
        FigureChecks.require(
                !rows.isEmpty() && rows.size() <= MAX_ROWS,
                "figure 4 has 1 to " + MAX_ROWS + " rows, not " + rows.size());
        var points = inputs.at().length;
        for (var row : rows) {
            FigureChecks.require(
                    row.raster().length % points == 0,
                    row.raster().length + " values are no raster over " + points + " inputs");
        }
    }

    /**
     * One network at one depth.
     *
     * @param title its name and depth
     * @param raster units x inputs, row-major, 1 where the unit is active
     * @param activation the fraction of units in each bin of mean activation, of equal bins from 0 to 1
     * @param contiguity the fraction of contiguous runs of 2^k to 2^(k+1)-1 inputs, k from 0
     */
    @SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the arrays are copied
    public record Row(String title, double[] raster, double[] activation, double[] contiguity) {

        /**
         * @throws IllegalArgumentException if one of them is empty, or a number is not finite
         */
        public Row {
            raster = raster.clone();
            activation = activation.clone();
            contiguity = contiguity.clone();
            FigureChecks.require(raster.length > 0, title + " has no raster");
            FigureChecks.require(activation.length > 0 && contiguity.length > 0, title + " has an empty histogram");
            FigureChecks.requireFinite(raster, title + ": raster");
            FigureChecks.requireFinite(activation, title + ": activation");
            FigureChecks.requireFinite(contiguity, title + ": contiguity");
        }

        @Override
        public double[] raster() {
            return raster.clone();
        }

        @Override
        public double[] activation() {
            return activation.clone();
        }

        @Override
        public double[] contiguity() {
            return contiguity.clone();
        }
    }
}
