package org.shatterlab.result.plot;

import java.util.List;

/**
 * The paper's Figure 5: the covariance of the gradients at images that are ordered by likeness, and below it how the
 * rank of the gradients grows with depth.
 *
 * @param caption where the data come from
 * @param covariances one to eight, side by side in even rows of at most four
 * @param rank the relative effective rank against depth
 */
public record Figure5(String caption, List<Covariance> covariances, CurveFigure.Panel rank) implements Figure {

    private static final int MAX_COVARIANCES = 8;

    /**
     * @throws IllegalArgumentException unless there are 1 to 8 covariances
     */
    public Figure5 {
        covariances = List.copyOf(covariances);
        FigureChecks.require(
                !covariances.isEmpty() && covariances.size() <= MAX_COVARIANCES,
                "figure 5 has 1 to " + MAX_COVARIANCES + " covariances, not " + covariances.size());
    }

    /**
     * One network at one depth.
     *
     * @param title its name and depth
     * @param values C over its mean diagonal, row-major, M x M
     */
    @SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the array is copied
    public record Covariance(String title, double[] values) {

        /**
         * @throws IllegalArgumentException if it is no square matrix of finite numbers
         */
        public Covariance {
            values = values.clone();
            var size = Math.round(Math.sqrt(values.length));
            FigureChecks.require(
                    size > 0 && size * size == values.length, title + ": " + values.length + " values are no square");
            FigureChecks.requireFinite(values, title);
        }

        @Override
        public double[] values() {
            return values.clone();
        }
    }
}
