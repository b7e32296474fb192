package org.shatterlab.result.figure;

/**
 * A matrix over pairs of inputs as a heat map with its colour bar.
 *
 * @param caption where the data come from
 * @param title what is shown, such as "feedforward, depth 24"
 * @param inputs where the rows and columns lie
 * @param values row-major, M x M; NaN where there is none
 * @param scale what the colours mean
 */
@SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the array is copied
public record MatrixFigure(String caption, String title, Inputs inputs, double[] values, Scale scale)
        implements Figure {

    /**
     * @throws IllegalArgumentException if the matrix is not one of the inputs
     */
    public MatrixFigure {
        values = values.clone();
        var points = inputs.at().length;
        Checks.require(
                values.length == points * points, values.length + " values are no matrix over " + points + " inputs");
    }

    @Override
    public double[] values() {
        return values.clone();
    }

    @Override
    public String toSvg() {
        return Rendering.svg(new MatrixSheet(this));
    }

    @Override
    public byte[] toPng() {
        return Rendering.png(new MatrixSheet(this));
    }

    /**
     * The inputs along both sides.
     *
     * @param name what the axes are called
     * @param at their places, at least two, rising and equally spaced
     */
    @SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the array is copied
    public record Inputs(String name, double[] at) {

        /**
         * @throws IllegalArgumentException if there are fewer than two
         */
        public Inputs {
            at = at.clone();
            Checks.require(at.length >= 2, "needs at least 2 inputs, not " + at.length);
            Checks.requireFinite(at, name);
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
            Checks.require(low < high && Double.isFinite(high - low), name + " from " + low + " to " + high);
        }
    }
}
