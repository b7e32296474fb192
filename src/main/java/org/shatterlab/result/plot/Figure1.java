package org.shatterlab.result.plot;

import java.util.List;

/**
 * The paper's Figure 1: one column per network, above the gradient df/dx of one run over a grid of inputs, below its
 * outer product {@code |(g - m)(g - m)^T| / var(g)} as a heat map from 0 to 2.
 *
 * @param caption where the data come from
 * @param columns one to 64, from left to right
 */
public record Figure1(String caption, List<Column> columns) implements Figure {

    /**
     * @throws IllegalArgumentException unless there are 1 to 64 columns
     */
    public Figure1 {
        columns = List.copyOf(columns);
        FigureChecks.require(
                !columns.isEmpty() && columns.size() <= 64, "figure 1 has 1 to 64 columns, not " + columns.size());
    }

    /**
     * One network or noise.
     *
     * @param title its name, such as "50-layer resnet"
     * @param x the M inputs, at least two, rising and equally spaced
     * @param gradient df/dx at each of them
     */
    @SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the arrays are copied
    public record Column(String title, double[] x, double[] gradient) {

        /**
         * @throws IllegalArgumentException if the lengths differ, a number is not finite or x is not such a grid
         */
        public Column {
            x = x.clone();
            gradient = gradient.clone();
            var where = "column \"" + title + "\": ";
            FigureChecks.require(x.length >= 2, where + "needs at least 2 inputs, not " + x.length);
            FigureChecks.require(
                    x.length == gradient.length, where + x.length + " inputs but " + gradient.length + " gradients");
            FigureChecks.requireFinite(x, where + "x");
            FigureChecks.requireFinite(gradient, where + "gradient");
            var step = (x[x.length - 1] - x[0]) / (x.length - 1);
            FigureChecks.require(step > 0 && step < Double.POSITIVE_INFINITY, where + "x does not rise");
            for (int i = 0; i < x.length; i++) {
                // A thousandth of a step lets pass a grid that was rounded to float32.
                FigureChecks.require(
                        Math.abs(x[i] - x[0] - i * step) <= 1e-3 * step,
                        where + "x is not equally spaced at index " + i);
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
