package org.shatterlab.result.web;

import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;

/**
 * Estimates the heap that building a representation takes, in mebibytes. The estimate is the sum of a fixed part and a
 * part for each value. Both come from the smallest heap in which the largest figures could be drawn.
 */
final class RepresentationMemory {

    static final int MEBIBYTE = 1 << 20;

    /** The fixed part of a picture: one strip of pixels, its encoder and the plots of one section. */
    private static final int PICTURE = 12 * MEBIBYTE;

    /** A value of a curve takes a row of results, a point of a plot and 750 bytes of SVG. */
    private static final int CURVE_VALUE = 1000;

    /** A value of a series takes two numbers and at most 40 bytes of the picture. */
    private static final int SERIES_VALUE = 56;

    /** A value of a raster takes one bit and at most one byte of the picture. */
    private static final double RASTER_VALUE = 1.125;

    /** A value of a covariance takes one number and at most three bytes of the picture. */
    private static final int COVARIANCE_VALUE = 11;

    /** An entry of a matrix takes the sum, the derived matrix, the buffers of the driver and the bytes of the answer. */
    private static final int MATRIX_ENTRY = 64;

    private RepresentationMemory() {}

    /** Returns the mebibytes of some bytes, rounded up. */
    static int mebibytes(double bytes) {
        return (int) Math.ceil(bytes / MEBIBYTE);
    }

    /** Estimates a figure as SVG or PNG. */
    static int figure(ExperimentSpec spec, PaperFigure figure) {
        double value = switch (figure) {
            case FIGURE_1 -> SERIES_VALUE;
            case FIGURE_4 -> RASTER_VALUE;
            case FIGURE_5 -> COVARIANCE_VALUE;
            case FIGURE_2, FIGURE_3, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 -> CURVE_VALUE;
        };
        return mebibytes(PICTURE + value * figure.values(spec));
    }

    /** Estimates a matrix in any format. */
    static int matrix(ExperimentSpec spec, int network, Statistic statistic) {
        int columns = spec.inputs().points();
        boolean raster = statistic == Statistic.ACTIVITY_RASTER;
        int rows = raster && spec.networks().get(network).network() instanceof NetworkSpec.Rectifier rectifier
                ? rectifier.width()
                : columns;
        return mebibytes(PICTURE + (double) MATRIX_ENTRY * rows * columns);
    }

    /** Estimates a series as JSON. */
    static int series(ExperimentSpec spec) {
        return mebibytes(200.0 * spec.inputs().points());
    }
}
