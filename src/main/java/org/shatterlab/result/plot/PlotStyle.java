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

/** JFreeChart's plots in one plain look; names of axes are drawn by the sheets, so that they line up. */
final class PlotStyle {

    /** Room for tick labels left of a plot. */
    static final int TICKS_LEFT = 42;

    /** Room for tick labels below a plot. */
    static final int TICKS_BELOW = 20;

    private static final Stroke HAIRLINE = new BasicStroke(1);

    private PlotStyle() {}

    static NumberAxis axis(double from, double to) {
        var axis = new NumberAxis();
        axis.setRange(from, to);
        axis.setNumberFormatOverride(numbers());
        axis.setTickLabelFont(TextPlacement.TICK);
        axis.setTickLabelPaint(Palette.INK);
        axis.setTickMarkPaint(Palette.AXIS);
        axis.setTickMarkOutsideLength(4);
        axis.setAxisLinePaint(Palette.AXIS);
        axis.setAxisLineStroke(HAIRLINE);
        return axis;
    }

    /**
     * An axis of decades, along which data lie by their logarithms: JFreeChart's own draws its labels as outlines.
     *
     * @param least the smallest value
     * @param most the largest
     */
    static NumberAxis decades(double least, double most) {
        var low = Math.floor(Math.log10(least) * 2) / 2;
        var high = Math.max(low + 0.5, Math.ceil(Math.log10(most) * 2) / 2);
        var axis = axis(low, high);
        axis.setTickUnit(new NumberTickUnit(Math.max(1, Math.ceil((high - low) / 6))));
        axis.setNumberFormatOverride(powers());
        return axis;
    }

    /**
     * Along a side of a heat map: half a step beyond the grid at both ends, so that a cell is centred on its input.
     *
     * @param x rising and equally spaced
     * @param side the length of the axis
     */
    static NumberAxis gridAxis(double[] x, int side) {
        var step = x.length == 1 ? 1 : (x[x.length - 1] - x[0]) / (x.length - 1);
        var half = step / 2;
        var length = Math.max(step, x[x.length - 1] - x[0]);
        var axis = axis(x[0] - half, x[x.length - 1] + half);
        // JFreeChart alone would choose unlike ticks for the two axes of a square; a grid rounded to float32 may be
        // long.
        var unit = NumberAxis.createStandardTickUnits()
                .getCeilingTickUnit(length / 4 * 0.999)
                .getSize();
        var label = numbers().format(x[0] + unit);
        if (TextPlacement.width(label, TextPlacement.TICK) + 4 < unit / length * side) {
            axis.setTickUnit(new NumberTickUnit(unit));
        }
        return axis;
    }

    /** Data over a light grid, with a line at zero. */
    static XYPlot plot(ValueAxis domain, ValueAxis range, XYDataset data, XYItemRenderer renderer) {
        var plot = plain(new XYPlot(data, domain, range, renderer));
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

    /** Axes around an image that is already there. */
    static XYPlot frame(NumberAxis domain, NumberAxis range) {
        var plot = plain(new XYPlot(null, domain, range, null));
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

    /** Draws a plot so that its data fill exactly this area; the axes lie left of it and below. */
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

    /** The powers of ten whose logarithms these are. */
    private static NumberFormat powers() {
        // Without grouping: DecimalFormat has a way around this method for numbers that are grouped.
        return new DecimalFormat("0") {
            @Override
            public StringBuffer format(double number, StringBuffer result, FieldPosition position) {
                var power = ScaledNumbers.of(new double[] {Math.pow(10, Math.rint(number))});
                return power.exponent() == 0
                        ? numbers().format(power.values()[0], result, position)
                        : result.append(power.power());
            }
        };
    }

    static NumberFormat numbers() {
        var symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
        symbols.setMinusSign('\u2212');
        return new DecimalFormat("0.###", symbols) {
            @Override
            public StringBuffer format(double number, StringBuffer result, FieldPosition position) {
                // A tick at zero may miss it by a rounding, and would read -0.
                return super.format(Math.abs(number) < 1e-9 ? 0 : number, result, position);
            }
        };
    }
}
