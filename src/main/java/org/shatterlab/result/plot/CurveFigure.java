package org.shatterlab.result.plot;

import java.util.HashSet;
import java.util.List;

/**
 * Curves in panels, such as the paper's Figure 2 (autocorrelation against the lag) and measurements beside what theory
 * predicts. Panels whose axes are equal share their ranges; all panels share one legend.
 *
 * @param caption where the data come from
 * @param perRow how many panels stand side by side, 1 to 5
 * @param panels one to 64
 */
public record CurveFigure(String caption, int perRow, List<Panel> panels) implements Figure {

    /** The label of a measurement whose predictions stand beside it. */
    public static final String MEASURED = "measured";

    /** The label of what the paper states. */
    public static final String PAPER = "paper";

    /** The label of the paper's assumption, worked out for the recursion that is measured. */
    public static final String DERIVED = "derived";

    /** The label of the limit of infinite width. */
    public static final String INFINITE_WIDTH = "infinite width";

    private static final int MAX_PANELS = 64;
    private static final int MAX_PER_ROW = 5;

    /**
     * @throws IllegalArgumentException unless there are 1 to 64 panels, 1 to 5 in a row
     */
    public CurveFigure {
        panels = List.copyOf(panels);
        FigureChecks.require(
                !panels.isEmpty() && panels.size() <= MAX_PANELS,
                "a figure has 1 to " + MAX_PANELS + " panels, not " + panels.size());
        FigureChecks.require(
                perRow >= 1 && perRow <= MAX_PER_ROW, "a row has 1 to " + MAX_PER_ROW + " panels, not " + perRow);
    }

    /** Panels in as few rows of at most three as hold them, evenly. */
    public static CurveFigure of(String caption, List<Panel> panels) {
        int rows = panels.size() <= 3 ? 1 : Math.max(2, Math.ceilDiv(panels.size(), 3));
        return new CurveFigure(caption, Math.max(1, Math.ceilDiv(panels.size(), rows)), panels);
    }

    /**
     * Curves over common axes.
     *
     * @param title what they belong to, such as a network
     * @param curves at least one, with different labels
     */
    public record Panel(String title, Axis x, Axis y, List<Curve> curves) {

        /**
         * @throws IllegalArgumentException if there is no curve, or two share a label
         */
        public Panel {
            curves = List.copyOf(curves);
            FigureChecks.require(!curves.isEmpty(), "panel \"" + title + "\" has no curves");
            var labels = new HashSet<String>();
            for (var curve : curves) {
                FigureChecks.require(
                        labels.add(curve.label()),
                        "panel \"" + title + "\" has two curves labelled \"" + curve.label() + "\"");
            }
        }
    }

    /**
     * An axis.
     *
     * @param name with the unit
     * @param low where it begins at the latest; a logarithmic axis follows the data alone
     * @param high where it ends at the earliest
     * @param logarithmic whether it has decades; values that are not positive are left out then
     */
    public record Axis(String name, double low, double high, boolean logarithmic) {

        public static Axis linear(String name, double low, double high) {
            return new Axis(name, low, high, false);
        }

        public static Axis logarithmic(String name) {
            return new Axis(name, 1, 1, true);
        }
    }

    /**
     * A curve.
     *
     * @param label as the legend shows it, such as "depth 24": curves are coloured by the first number in it; noise and
     *     predictions have colours of their own
     * @param measured drawn with its points and a band of one standard error; otherwise predicted, drawn dashed
     * @param x rising
     * @param y as many
     * @param standardError of each y; empty where unknown, as for a single run
     */
    @SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the arrays are copied
    public record Curve(String label, boolean measured, double[] x, double[] y, double[] standardError) {

        /**
         * @throws IllegalArgumentException if there are no points, the lengths differ, a number is not finite or an error
         *     is negative
         */
        public Curve {
            x = x.clone();
            y = y.clone();
            standardError = standardError.clone();
            var where = "curve \"" + label + "\": ";
            FigureChecks.require(x.length > 0, where + "has no points");
            FigureChecks.require(x.length == y.length, where + x.length + " places but " + y.length + " values");
            FigureChecks.require(
                    standardError.length == 0 || standardError.length == y.length,
                    where + y.length + " values but " + standardError.length + " standard errors");
            FigureChecks.requireFinite(x, where + "x");
            FigureChecks.requireFinite(y, where + "y");
            FigureChecks.requireFinite(standardError, where + "standardError");
            for (var error : standardError) {
                FigureChecks.require(error >= 0, where + "negative standard error " + error);
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
