package org.shatterlab.result.plot;

import java.util.List;

/**
 * The paper's Figure 1, with one column per network. The upper plot shows the gradient df/dx of one run over a grid of
 * inputs. The heat map below shows the outer product {@code |(g - m)(g - m)^T| / var(g)} of the gradient, from 0 to 2.
 *
 * @param caption the origin of the data
 * @param columns the columns from left to right, 1 to 64
 */
public record Figure1(String caption, List<Column> columns) implements Figure {

    /**
     * @throws IllegalArgumentException unless the figure has 1 to 64 columns
     */
    public Figure1 {
        columns = List.copyOf(columns);
        FigureChecks.require(
                !columns.isEmpty() && columns.size() <= 64,
                "Figure 1 must have 1 to 64 columns, not " + columns.size() + ".");
    }

    /**
     * A column for one network or one noise.
     *
     * @param title the name of the network, such as "50-layer resnet"
     * @param x the M inputs, at least two, ascending and equally spaced
     * @param gradient df/dx at each input; M values
     */
    @SuppressWarnings("ArrayRecordComponent") // The arrays are copied, so lists would be no safer.
    public record Column(String title, double[] x, double[] gradient) {

        /**
         * @throws IllegalArgumentException if the lengths differ, a number is not finite, or x is not ascending and
         *     equally spaced
         */
        public Column {
            x = x.clone();
            gradient = gradient.clone();
            String where = "Column \"" + title + "\": ";
            FigureChecks.require(x.length >= 2, where + "must have at least 2 inputs, not " + x.length + ".");
            FigureChecks.require(
                    x.length == gradient.length,
                    where + "x has " + x.length + " values, but gradient has " + gradient.length + " values.");
            FigureChecks.requireFinite(x, where + "x");
            FigureChecks.requireFinite(gradient, where + "gradient");
            double step = (x[x.length - 1] - x[0]) / (x.length - 1);
            FigureChecks.require(step > 0 && step < Double.POSITIVE_INFINITY, where + "x must be ascending.");
            for (int i = 0; i < x.length; i++) {
                // The tolerance of a thousandth of a step accepts a grid that was rounded to float32.
                FigureChecks.require(
                        Math.abs(x[i] - x[0] - i * step) <= 1e-3 * step,
                        where + "x must be equally spaced, but is not at index " + i + ".");
            }
        }

        @Override
        public double[] x() {
            return x.clone();
        }

        @Override
        public double[] gradient() {
            return gradient.clone();
        }
    }
}
