package org.shatterlab.result.plot;

import java.util.HashSet;
import java.util.List;

/**
 * A figure of curves in panels, such as the paper's Figure 2, or measurements beside their predictions. Panels with
 * equal axes share the range of the axes. All panels share one legend.
 *
 * @param caption the origin of the data
 * @param perRow the number of panels side by side, 1 to 5
 * @param panels the panels, 1 to 64
 */
public record CurveFigure(String caption, int perRow, List<Panel> panels) implements Figure {

    /** The label of a measurement in a panel that also shows its predictions. */
    public static final String MEASURED = "measured";

    /** The label of the values that the paper's theorems predict. */
    public static final String PAPER = "paper";

    /** The label of the values that the paper's assumption gives for the recursion that is measured. */
    public static final String DERIVED = "derived";

    /** The label of the exact limits as the width tends to infinity. */
    public static final String INFINITE_WIDTH = "infinite width";

    private static final int MAX_PANELS = 64;
    private static final int MAX_PER_ROW = 5;

    /**
     * @throws IllegalArgumentException unless the figure has 1 to 64 panels, 1 to 5 in a row
     */
    public CurveFigure {
        panels = List.copyOf(panels);
        FigureChecks.require(
                !panels.isEmpty() && panels.size() <= MAX_PANELS,
                "A figure must have 1 to " + MAX_PANELS + " panels, not " + panels.size() + ".");
        FigureChecks.require(
                perRow >= 1 && perRow <= MAX_PER_ROW,
                "A row must have 1 to " + MAX_PER_ROW + " panels, not " + perRow + ".");
    }

    /** Returns a figure with rows of at most three panels. The rows are as few and as even as possible. */
    public static CurveFigure of(String caption, List<Panel> panels) {
        int rows = panels.size() <= 3 ? 1 : Math.max(2, Math.ceilDiv(panels.size(), 3));
        return new CurveFigure(caption, Math.max(1, Math.ceilDiv(panels.size(), rows)), panels);
    }

    /**
     * A panel of curves with common axes.
     *
     * @param title the title of the panel, such as the label of a network
     * @param x the horizontal axis
     * @param y the vertical axis
     * @param curves the curves, at least one, with different labels
     */
    public record Panel(String title, Axis x, Axis y, List<Curve> curves) {

        /**
         * @throws IllegalArgumentException if the panel has no curve, or two curves share a label
         */
        public Panel {
            curves = List.copyOf(curves);
            FigureChecks.require(!curves.isEmpty(), "Panel \"" + title + "\" must have at least one curve.");
            var labels = new HashSet<String>();
            for (Curve curve : curves) {
                FigureChecks.require(
                        labels.add(curve.label()),
                        "Panel \"" + title + "\" must not have two curves labelled \"" + curve.label() + "\".");
            }
        }
    }

    /**
     * An axis.
     *
     * @param name the name, with the unit
     * @param low the largest value at which the axis may begin; a logarithmic axis ignores it
     * @param high the smallest value at which the axis may end; a logarithmic axis ignores it
     * @param logarithmic whether the axis is logarithmic; such an axis omits values that are not positive
     */
    public record Axis(String name, double low, double high, boolean logarithmic) {

        /** Returns a linear axis that includes at least a range. */
        public static Axis linear(String name, double low, double high) {
            return new Axis(name, low, high, false);
        }

        /** Returns a logarithmic axis whose range follows the data. */
        public static Axis logarithmic(String name) {
            return new Axis(name, 1, 1, true);
        }
    }

    /**
     * A curve.
     *
     * @param label the text in the legend, such as "depth 24"; the first number in the label determines the colour, but
     *     noise and predictions have fixed colours
     * @param measured whether the curve is measured; a measured curve has points and a band of one standard error, and
     *     a predicted curve is dashed
     * @param x the horizontal coordinates, ascending
     * @param y the values, one for each x
     * @param standardError the standard errors, one for each y; empty if unknown, as for a single run
     */
    @SuppressWarnings("ArrayRecordComponent") // The arrays are copied, so lists would be no safer.
    public record Curve(String label, boolean measured, double[] x, double[] y, double[] standardError) {

        /**
         * @throws IllegalArgumentException if the curve has no points, the lengths differ, a number is not finite or an
         *     error is negative
         */
        public Curve {
            x = x.clone();
            y = y.clone();
            standardError = standardError.clone();
            String where = "Curve \"" + label + "\": ";
            FigureChecks.require(x.length > 0, where + "must have at least one point.");
            FigureChecks.require(
                    x.length == y.length, where + "x has " + x.length + " values, but y has " + y.length + " values.");
            FigureChecks.require(
                    standardError.length == 0 || standardError.length == y.length,
                    where + "y has " + y.length + " values, but standardError has " + standardError.length
                            + " values.");
            FigureChecks.requireFinite(x, where + "x");
            FigureChecks.requireFinite(y, where + "y");
            FigureChecks.requireFinite(standardError, where + "standardError");
            for (double error : standardError) {
                FigureChecks.require(error >= 0, where + "standardError must not be negative, but is " + error + ".");
            }
        }

        @Override
        public double[] x() {
            return x.clone();
        }

        @Override
        public double[] y() {
            return y.clone();
        }

        @Override
        public double[] standardError() {
            return standardError.clone();
        }
    }
}
