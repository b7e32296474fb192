package org.shatterlab.result.plot;

/**
 * A figure of a matrix: a heat map with a colour bar.
 *
 * @param caption the origin of the data
 * @param title the title, such as "feedforward, depth 24"
 * @param rows the axis of the rows, from bottom to top
 * @param columns the axis of the columns, from left to right
 * @param values the entries, rows x columns, row-major; NaN where an entry is undefined
 * @param scale the scale of the colours
 */
@SuppressWarnings("ArrayRecordComponent") // The array is copied, so a list would be no safer.
public record MatrixFigure(
        String caption, String title, MatrixAxis rows, MatrixAxis columns, double[] values, Scale scale)
        implements Figure {

    /**
     * @throws IllegalArgumentException if the number of values is not the number of rows times the number of columns
     */
    public MatrixFigure {
        values = values.clone();
        int height = rows.positions().length;
        int width = columns.positions().length;
        FigureChecks.require(
                values.length == height * width,
                "A matrix of " + height + " x " + width + " must not have " + values.length + " values.");
    }

    @Override
    public double[] values() {
        return values.clone();
    }

    /**
     * An axis along one side of a matrix.
     *
     * @param name the name of the axis
     * @param positions the positions of the rows or columns, at least one, ascending and equally spaced
     */
    @SuppressWarnings("ArrayRecordComponent") // The array is copied, so a list would be no safer.
    public record MatrixAxis(String name, double[] positions) {

        /**
         * @throws IllegalArgumentException if the axis has no position, or a position is not finite
         */
        public MatrixAxis {
            positions = positions.clone();
            FigureChecks.require(positions.length >= 1, "The axis \"" + name + "\" must have at least one position.");
            FigureChecks.requireFinite(positions, name);
        }

        @Override
        public double[] positions() {
            return positions.clone();
        }
    }

    /**
     * A scale of colours. Values outside the scale have the colour of the nearest end.
     *
     * @param name the name of the values
     * @param low the value of the darkest colour
     * @param high the value of the lightest colour, above low
     */
    public record Scale(String name, double low, double high) {

        /**
         * @throws IllegalArgumentException if high is not above low, or the difference is not finite
         */
        public Scale {
            FigureChecks.require(
                    low < high && Double.isFinite(high - low),
                    "The scale \"" + name + "\" must be ascending and finite, but runs from " + low + " to " + high
                            + ".");
        }
    }
}
