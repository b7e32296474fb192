package org.shatterlab.result.plot;

import java.util.List;

/**
 * The paper's Figure 5: covariances of the gradients at images, and the rank of the gradients against depth below. The
 * images are ordered so that images with similar gradients are neighbours.
 *
 * @param caption the origin of the data
 * @param covariances the covariances, 1 to 8, in even rows of at most four
 * @param rank the panel of the relative effective rank against depth
 */
public record Figure5(String caption, List<Covariance> covariances, CurveFigure.Panel rank) implements Figure {

    private static final int MAX_COVARIANCES = 8;

    /**
     * @throws IllegalArgumentException unless the figure has 1 to 8 covariances
     */
    public Figure5 {
        covariances = List.copyOf(covariances);
        FigureChecks.require(
                !covariances.isEmpty() && covariances.size() <= MAX_COVARIANCES,
                "Figure 5 must have 1 to " + MAX_COVARIANCES + " covariances, not " + covariances.size() + ".");
    }

    /**
     * A covariance of one network at one depth.
     *
     * @param title the label of the network and the depth
     * @param values the covariance C divided by the mean of its diagonal, M x M, row-major
     */
    @SuppressWarnings("ArrayRecordComponent") // The array is copied, so a list would be no safer.
    public record Covariance(String title, double[] values) {

        /**
         * @throws IllegalArgumentException if the matrix is not square, or a number is not finite
         */
        public Covariance {
            values = values.clone();
            long size = Math.round(Math.sqrt(values.length));
            FigureChecks.require(
                    size > 0 && size * size == values.length,
                    title + ": The matrix must be square, but has " + values.length + " values.");
            FigureChecks.requireFinite(values, title);
        }

        @Override
        public double[] values() {
            return values.clone();
        }
    }
}
