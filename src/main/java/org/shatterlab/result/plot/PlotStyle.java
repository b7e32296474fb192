package org.shatterlab.result.plot;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.Stroke;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.util.Locale;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYDataset;

/**
 * Styles JFreeChart's plots uniformly. The layouts draw the names of axes themselves, so that the names are aligned.
 */
final class PlotStyle {

    /** The width for tick labels left of a plot. */
    static final int TICKS_LEFT = 42;

    /** The height for tick labels below a plot. */
    static final int TICKS_BELOW = 20;

    private static final Stroke HAIRLINE = new BasicStroke(1);

    private PlotStyle() {}

    /** Returns an axis with a fixed range. */
    static NumberAxis axis(double from, double to) {
        var axis = new NumberAxis();
        axis.setRange(from, to);
        axis.setNumberFormatOverride(numberFormat());
        axis.setTickLabelFont(TextPlacement.TICK);
        axis.setTickLabelPaint(Palette.INK);
        axis.setTickMarkPaint(Palette.AXIS);
        axis.setTickMarkOutsideLength(4);
        axis.setAxisLinePaint(Palette.AXIS);
        axis.setAxisLineStroke(HAIRLINE);
        return axis;
    }

    /**
     * Returns an axis whose coordinates are decimal logarithms and whose labels are powers of ten. JFreeChart's own
     * logarithmic axis draws its labels as outlines instead of text.
     *
     * @param min the smallest value, above 0
     * @param max the largest value
     */
    static NumberAxis decades(double min, double max) {
        double low = Math.floor(Math.log10(min) * 2) / 2;
        double high = Math.max(low + 0.5, Math.ceil(Math.log10(max) * 2) / 2);
        NumberAxis axis = axis(low, high);
        axis.setTickUnit(new NumberTickUnit(Math.max(1, Math.ceil((high - low) / 6))));
        axis.setNumberFormatOverride(powersOfTen());
        return axis;
    }

    /**
     * Returns an axis along one side of a heat map. The axis extends half a step beyond the grid at both ends, so that
     * each cell is centred on its input.
     *
     * @param x the grid, ascending and equally spaced
     * @param side the length of the axis
     */
    static NumberAxis gridAxis(double[] x, int side) {
        double step = x.length == 1 ? 1 : (x[x.length - 1] - x[0]) / (x.length - 1);
        double half = step / 2;
        double length = Math.max(step, x[x.length - 1] - x[0]);
        NumberAxis axis = axis(x[0] - half, x[x.length - 1] + half);
        // JFreeChart's own ticks would differ between the two axes of a square. The factor 0.999 tolerates a grid that
        // rounding to float32 made longer.
        double unit = NumberAxis.createStandardTickUnits()
                .getCeilingTickUnit(length / 4 * 0.999)
                .getSize();
        String label = numberFormat().format(x[0] + unit);
        if (TextPlacement.width(label, TextPlacement.TICK) + 4 < unit / length * side) {
            axis.setTickUnit(new NumberTickUnit(unit));
        }
        return axis;
    }

    /** Returns a plot of data over a light grid, with a line at zero. */
    static XYPlot plot(ValueAxis domain, ValueAxis range, XYDataset data, XYItemRenderer renderer) {
        XYPlot plot = plain(new XYPlot(data, domain, range, renderer));
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(Palette.GRID);
        plot.setDomainGridlineStroke(HAIRLINE);
        plot.setRangeGridlinePaint(Palette.GRID);
        plot.setRangeGridlineStroke(HAIRLINE);
        plot.setRangeZeroBaselineVisible(true);
        plot.setRangeZeroBaselinePaint(Palette.AXIS);
        plot.setRangeZeroBaselineStroke(HAIRLINE);
        return plot;
    }

    /** Returns a plot without data, whose axes frame an image that is drawn separately. */
    static XYPlot frame(NumberAxis domain, NumberAxis range) {
        XYPlot plot = plain(new XYPlot(null, domain, range, null));
        plot.setOutlinePaint(Palette.AXIS);
        plot.setOutlineStroke(HAIRLINE);
        return plot;
    }

    private static XYPlot plain(XYPlot plot) {
        plot.setInsets(RectangleInsets.ZERO_INSETS);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setBackgroundPaint(null);
        return plot;
    }

    /** Draws a plot so that its data fill an area exactly. The tick labels lie left of the area and below it. */
    static void draw(XYPlot plot, Graphics2D graphics, Rectangle area) {
        var left = new AxisSpace();
        left.setLeft(TICKS_LEFT);
        var below = new AxisSpace();
        below.setBottom(TICKS_BELOW);
        plot.setFixedRangeAxisSpace(left);
        plot.setFixedDomainAxisSpace(below);
        var whole = new Rectangle(area.x - TICKS_LEFT, area.y, area.width + TICKS_LEFT, area.height + TICKS_BELOW);
        plot.draw(graphics, whole, null, null, null);
    }

    /** Returns a format that writes a logarithm as its power of ten. */
    private static NumberFormat powersOfTen() {
        // The pattern has no grouping, because DecimalFormat bypasses the overridden method for grouped numbers.
        return new DecimalFormat("0") {
            @Override
            public StringBuffer format(double number, StringBuffer result, FieldPosition position) {
                var power = ScaledNumbers.of(new double[] {Math.pow(10, Math.rint(number))});
                return power.exponent() == 0
                        ? numberFormat().format(power.values()[0], result, position)
                        : result.append(power.power());
            }
        };
    }

    /** Returns the format of plain tick labels: at most three decimals and a true minus sign. */
    static NumberFormat numberFormat() {
        var symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
        symbols.setMinusSign('\u2212');
        return new DecimalFormat("0.###", symbols) {
            @Override
            public StringBuffer format(double number, StringBuffer result, FieldPosition position) {
                // Rounding may move a tick at zero slightly below zero, and the label would be -0.
                return super.format(Math.abs(number) < 1e-9 ? 0 : number, result, position);
            }
        };
    }
}
