package org.shatterlab.result.figure;

import java.util.HashSet;
import java.util.List;

/**
 * The paper's Figure 2: autocorrelation of gradients against the lag, one panel per network with one curve per depth,
 * and white and brown noise in a panel of their own. All panels share their axes and one legend.
 *
 * @param caption where the data come from
 * @param panels one to 64
 */
public record Figure2(String caption, List<Panel> panels) implements Figure {

    /**
     * @throws IllegalArgumentException unless there are 1 to 64 panels
     */
    public Figure2 {
        panels = List.copyOf(panels);
        Checks.require(!panels.isEmpty() && panels.size() <= 64, "figure 2 has 1 to 64 panels, not " + panels.size());
    }

    @Override
    public String toSvg() {
        return Rendering.svg(new Figure2Sheet(this));
    }

    @Override
    public byte[] toPng() {
        return Rendering.png(new Figure2Sheet(this));
    }

    /**
     * One network, or the noise.
     *
     * @param title its name
     * @param curves at least one, with different labels
     */
    public record Panel(String title, List<Curve> curves) {

        /**
         * @throws IllegalArgumentException if there is no curve, or two share a label
         */
        public Panel {
            curves = List.copyOf(curves);
            Checks.require(!curves.isEmpty(), "panel \"" + title + "\" has no curves");
            var labels = new HashSet<String>();
            for (var curve : curves) {
                Checks.require(
                        labels.add(curve.label()),
                        "panel \"" + title + "\" has two curves labelled \"" + curve.label() + "\"");
            }
        }
    }

    /**
     * One depth, or one noise.
     *
     * @param label as the legend shows it, such as "depth 24": curves are coloured by the first number in it; "white
     *     noise" and "brown noise" have colours of their own
     * @param autocorrelation the mean over runs, by lag from 0 in steps of the grid
     * @param standardError of each of these means; empty where unknown, as for a single run
     */
    @SuppressWarnings("ArrayRecordComponent") // a list of boxes would be no safer: the arrays are copied
    public record Curve(String label, double[] autocorrelation, double[] standardError) {

        /**
         * @throws IllegalArgumentException if there are no lags, the lengths differ, a number is not finite or an error
         *     is negative
         */
        public Curve {
            autocorrelation = autocorrelation.clone();
            standardError = standardError.clone();
            var where = "curve \"" + label + "\": ";
            Checks.require(autocorrelation.length > 0, where + "has no lags");
            Checks.require(
                    standardError.length == 0 || standardError.length == autocorrelation.length,
                    where + autocorrelation.length + " lags but " + standardError.length + " standard errors");
            Checks.requireFinite(autocorrelation, where + "autocorrelation");
            Checks.requireFinite(standardError, where + "standardError");
            for (var error : standardError) {
                Checks.require(error >= 0, where + "negative standard error " + error);
            }
        }

        @Override
        public double[] autocorrelation() {
            return autocorrelation.clone();
        }

        @Override
        public double[] standardError() {
            return standardError.clone();
        }
    }
}
