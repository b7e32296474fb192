package org.shatterlab.result.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.geom.Ellipse2D;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.data.xy.XYDataset;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;
import org.shatterlab.result.plot.CurveFigure.Axis;
import org.shatterlab.result.plot.CurveFigure.Curve;
import org.shatterlab.result.plot.CurveFigure.Panel;

/** The layout of a {@link CurveFigure}: panels in rows, with one legend and the caption below the panels. */
final class CurveLayout implements Layout {

    private static final int WIDTH = 1000;
    private static final int MAX_PANEL = 480;
    private static final int LEFT = 28;
    private static final int RIGHT = 12;
    private static final int TOP = 8;
    private static final int GAP = 14;
    private static final int TITLE_LINE = 18;
    private static final int AXIS_NAME = 22;
    private static final int BETWEEN_ROWS = 12;

    private final CurveFigure figure;
    private final List<List<String>> titles;
    private final Map<String, Color> colours;
    private final Legend legend;
    private final Caption caption;
    private final int perRow;
    private final int rows;
    private final int side;
    private final int titleHeight;

    CurveLayout(CurveFigure figure) {
        this.figure = figure;
        int count = figure.panels().size();
        perRow = Math.min(count, figure.perRow());
        rows = Math.ceilDiv(count, perRow);
        side = Math.min(MAX_PANEL, (WIDTH - LEFT - RIGHT) / perRow) - PlotStyle.TICKS_LEFT - GAP;
        titles = figure.panels().stream()
                .map(panel -> TextPlacement.wrap(panel.title(), TextPlacement.TITLE, side + GAP, 2))
                .toList();
        titleHeight =
                10 + TITLE_LINE * titles.stream().mapToInt(List::size).max().orElseThrow();
        colours = CurveColours.of(figure);
        legend = new Legend(colours, predicted(), hasErrors(), width());
        caption = new Caption(figure.caption(), width());
    }

    @Override
    public int width() {
        return LEFT + RIGHT + perRow * panelWidth();
    }

    @Override
    public int height() {
        return TOP + rows * rowHeight() + legend.height() + caption.height();
    }

    @Override
    public List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < figure.panels().size(); i++) {
            int panel = i;
            sections.add(new Section(rowTop(i), rowHeight(), graphics -> drawPanel(graphics, panel)));
        }
        int bottom = TOP + rows * rowHeight();
        sections.add(new Section(bottom, height() - bottom, graphics -> {
            legend.draw(graphics, bottom);
            caption.draw(graphics, height());
        }));
        return sections;
    }

    /** Returns the plot area of a panel. */
    Rectangle area(int index) {
        int x = LEFT + (index % perRow) * panelWidth() + PlotStyle.TICKS_LEFT;
        return new Rectangle(x, rowTop(index) + titleHeight, side, plotHeight());
    }

    private int panelWidth() {
        return PlotStyle.TICKS_LEFT + side + GAP;
    }

    private int plotHeight() {
        return side * 5 / 8;
    }

    private int rowTop(int index) {
        return TOP + index / perRow * rowHeight();
    }

    private int rowHeight() {
        return titleHeight + plotHeight() + PlotStyle.TICKS_BELOW + AXIS_NAME + BETWEEN_ROWS;
    }

    private void drawPanel(Graphics2D graphics, int index) {
        Panel panel = figure.panels().get(index);
        Rectangle area = area(index);
        List<String> lines = titles.get(index);
        for (int line = 0; line < lines.size(); line++) {
            int baseline = area.y - 10 - (lines.size() - 1 - line) * TITLE_LINE;
            TextPlacement.centred(graphics, lines.get(line), TextPlacement.TITLE, area.getCenterX(), baseline);
        }
        PlotStyle.draw(
                PlotStyle.plot(horizontalAxis(panel.x()), verticalAxis(panel.y()), data(panel), renderer(panel)),
                graphics,
                area);
        int baseline = area.y + area.height + PlotStyle.TICKS_BELOW + 14;
        TextPlacement.centred(graphics, panel.x().name(), TextPlacement.LABEL, area.getCenterX(), baseline);
        if (index % perRow == 0) {
            TextPlacement.upwards(graphics, panel.y().name(), TextPlacement.LABEL, 18, area.getCenterY());
        }
    }

    private static XYDataset data(Panel panel) {
        var data = new YIntervalSeriesCollection();
        for (Curve curve : panel.curves()) {
            double[] x = curve.x();
            double[] y = curve.y();
            double[] errors = errors(curve);
            var series = new YIntervalSeries(curve.label());
            for (int i = 0; i < x.length; i++) {
                if (!panel.y().logarithmic()) {
                    series.add(x[i], y[i], finite(y[i] - errors[i]), finite(y[i] + errors[i]));
                } else if (y[i] > 0) {
                    // A logarithmic axis cannot show 0, so the band of a value ends at a tenth of the value.
                    double low = Math.max(y[i] - errors[i], y[i] / 10);
                    series.add(x[i], Math.log10(y[i]), Math.log10(low), Math.log10(finite(y[i] + errors[i])));
                }
            }
            data.addSeries(series);
        }
        return data;
    }

    /** Returns the end of a band, or the double next to the end if the end is out of range. */
    private static double finite(double end) {
        return Math.clamp(end, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    private XYItemRenderer renderer(Panel panel) {
        var renderer = new DeviationRenderer(true, true);
        renderer.setAlpha(0.22f);
        for (int i = 0; i < panel.curves().size(); i++) {
            Curve curve = panel.curves().get(i);
            Color colour = colours.get(curve.label());
            renderer.setSeriesPaint(i, colour);
            renderer.setSeriesFillPaint(i, colour);
            renderer.setSeriesShape(i, new Ellipse2D.Double(-2.6, -2.6, 5.2, 5.2));
            renderer.setSeriesShapesVisible(i, curve.measured() || curve.x().length == 1);
            renderer.setSeriesStroke(
                    i,
                    curve.measured()
                            ? new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
                            : Legend.dashedStroke(curve.label()));
        }
        return renderer;
    }

    private ValueAxis horizontalAxis(Axis axis) {
        double[] coordinates =
                numbers(Panel::x, axis, (curve, i) -> curve.x()[i]).toArray();
        double low = Math.min(axis.low(), DoubleStream.of(coordinates).min().orElseThrow());
        double high = Math.max(axis.high(), DoubleStream.of(coordinates).max().orElseThrow());
        double margin = low == high ? 1 : (high - low) / 50;
        NumberAxis drawn = PlotStyle.axis(low - margin, high + margin);
        drawn.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        return drawn;
    }

    /** Returns an axis that spans the values with their errors. A short axis is extended to the next tenths. */
    private ValueAxis verticalAxis(Axis axis) {
        if (axis.logarithmic()) {
            DoubleSummaryStatistics positive = numbers(Panel::y, axis, (curve, i) -> curve.y()[i])
                    .filter(value -> value > 0)
                    .summaryStatistics();
            return positive.getCount() == 0
                    ? PlotStyle.axis(0, 1)
                    : PlotStyle.decades(positive.getMin(), positive.getMax());
        }
        double low = Math.min(axis.low(), smallest(axis, (value, error) -> value - error));
        double high = Math.max(axis.high(), -smallest(axis, (value, error) -> -value - error));
        if (high - low > 3) {
            double margin = (high - low) / 25;
            return PlotStyle.axis(low == axis.low() ? low : low - margin, high + margin);
        }
        NumberAxis drawn = PlotStyle.axis(Math.floor(low * 10) / 10, Math.ceil(high * 10) / 10 + 0.05);
        // JFreeChart's own ticks would be too dense for a range of length 1 or 2.
        if (high - low > 0.8) {
            drawn.setTickUnit(new NumberTickUnit(0.2));
        }
        return drawn;
    }

    private double smallest(Axis axis, DoubleBinaryOperator end) {
        return numbers(Panel::y, axis, (curve, i) -> end.applyAsDouble(curve.y()[i], errors(curve)[i]))
                .min()
                .orElseThrow();
    }

    @FunctionalInterface
    private interface PointNumber {
        double at(Curve curve, int index);
    }

    /** Returns one number for each point of all panels that have an axis. */
    private DoubleStream numbers(Function<Panel, Axis> axisOf, Axis axis, PointNumber number) {
        return figure.panels().stream()
                .filter(panel -> axisOf.apply(panel).equals(axis))
                .flatMap(panel -> panel.curves().stream())
                .flatMapToDouble(curve -> IntStream.range(0, curve.x().length).mapToDouble(i -> number.at(curve, i)));
    }

    private List<String> predicted() {
        return curves().filter(curve -> !curve.measured())
                .map(Curve::label)
                .distinct()
                .toList();
    }

    private boolean hasErrors() {
        return curves().anyMatch(curve -> curve.standardError().length > 0);
    }

    private Stream<Curve> curves() {
        return figure.panels().stream().flatMap(panel -> panel.curves().stream());
    }

    private static double[] errors(Curve curve) {
        double[] errors = curve.standardError();
        return errors.length == 0 ? new double[curve.y().length] : errors;
    }
}
