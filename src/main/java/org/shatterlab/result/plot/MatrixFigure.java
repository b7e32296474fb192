package org.shatterlab.result.plot;

/**
 * A matrix as a heat map with its colour bar.
 *
 * @param caption where the data come from
 * @param title what is shown, such as "feedforward, depth 24"
 * @param rows where the rows lie, from the bottom up
 * @param columns where the columns lie
 * @param values row-major; NaN where there is none
 * @param scale what the colours mean
 */
@SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the array is copied
public record MatrixFigure(String caption, String title, Axis rows, Axis columns, double[] values, Scale scale)
        implements Figure {

    /**
     * @throws IllegalArgumentException if the matrix is not one of these rows and columns
     */
    public MatrixFigure {
        values = values.clone();
        var height = rows.at().length;
        var width = columns.at().length;
        FigureChecks.require(
                values.length == height * width, values.length + " values are no matrix of " + height + " x " + width);
    }

    @Override
    public double[] values() {
        return values.clone();
    }

    /**
     * What lies along a side.
     *
     * @param name what the axis is called
     * @param at the places, at least one, rising and equally spaced
     */
    @SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the array is copied
    public record Axis(String name, double[] at) {

        /**
         * @throws IllegalArgumentException if there is none
         */
        public Axis {
            at = at.clone();
            FigureChecks.require(at.length >= 1, "needs at least one " + name);
            FigureChecks.requireFinite(at, name);
        }

        @Override
        public double[] at() {
            return at.clone();
        }
    }

    /**
     * What the colours mean; values beyond have the colour of the end.
     *
     * @param name of the values
     * @param low the value of the darkest colour
     * @param high the value of the lightest, above it
     */
    public record Scale(String name, double low, double high) {

        /**
         * @throws IllegalArgumentException if it does not rise
         */
        public Scale {
            FigureChecks.require(low < high && Double.isFinite(high - low), name + " from " + low + " to " + high);
        }
    }
}
