package org.shatterlab.result.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.geom.Ellipse2D;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.data.xy.XYDataset;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** The layout of figure 2: panels with common axes, at most three to a row, one legend and the caption below them. */
final class Figure2Sheet implements Sheet {

    private static final int WIDTH = 1000;
    private static final int LARGEST_PANEL = 480;
    private static final int LEFT = 28;
    private static final int RIGHT = 12;
    private static final int TOP = 8;
    private static final int GAP = 14;
    private static final int TITLE_LINE = 18;
    private static final int AXIS_NAME = 22;
    private static final int BETWEEN_ROWS = 12;

    private final Figure2 figure;
    private final List<List<String>> titles;
    private final Map<String, Color> colours;
    private final Legend legend;
    private final Caption caption;
    private final int perRow;
    private final int rows;
    private final int side;
    private final int titleHeight;

    Figure2Sheet(Figure2 figure) {
        this.figure = figure;
        var count = figure.panels().size();
        rows = count <= 3 ? 1 : Math.max(2, Math.ceilDiv(count, 3));
        perRow = Math.ceilDiv(count, rows);
        side = Math.min(LARGEST_PANEL, (WIDTH - LEFT - RIGHT) / perRow) - Plots.TICKS_LEFT - GAP;
        titles = figure.panels().stream()
                .map(panel -> Text.wrap(panel.title(), Text.TITLE, side + GAP, 2))
                .toList();
        titleHeight =
                10 + TITLE_LINE * titles.stream().mapToInt(List::size).max().orElseThrow();
        colours = CurveColours.of(figure);
        legend = new Legend(colours, hasErrors(), width());
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
    public void draw(Graphics2D graphics) {
        for (int i = 0; i < figure.panels().size(); i++) {
            drawPanel(graphics, i);
        }
        legend.draw(graphics, TOP + rows * rowHeight());
        caption.draw(graphics, height());
    }

    /** Where the curves of a panel lie. */
    Rectangle area(int index) {
        var x = LEFT + (index % perRow) * panelWidth() + Plots.TICKS_LEFT;
        return new Rectangle(x, TOP + index / perRow * rowHeight() + titleHeight, side, plotHeight());
    }

    private int panelWidth() {
        return Plots.TICKS_LEFT + side + GAP;
    }

    private int plotHeight() {
        return side * 5 / 8;
    }

    private int rowHeight() {
        return titleHeight + plotHeight() + Plots.TICKS_BELOW + AXIS_NAME + BETWEEN_ROWS;
    }

    private void drawPanel(Graphics2D graphics, int index) {
        var panel = figure.panels().get(index);
        var area = area(index);
        var lines = titles.get(index);
        for (int line = 0; line < lines.size(); line++) {
            var baseline = area.y - 10 - (lines.size() - 1 - line) * TITLE_LINE;
            Text.centred(graphics, lines.get(line), Text.TITLE, area.getCenterX(), baseline);
        }
        Plots.draw(Plots.plot(lagAxis(), valueAxis(), data(panel), renderer(panel)), graphics, area);
        var baseline = area.y + area.height + Plots.TICKS_BELOW + 14;
        Text.centred(graphics, "lag (grid steps)", Text.LABEL, area.getCenterX(), baseline);
        if (index % perRow == 0) {
            Text.upwards(graphics, "autocorrelation (dimensionless)", Text.LABEL, 18, area.getCenterY());
        }
    }

    private static XYDataset data(Figure2.Panel panel) {
        var data = new YIntervalSeriesCollection();
        for (var curve : panel.curves()) {
            var values = curve.autocorrelation();
            var errors = errors(curve);
            var series = new YIntervalSeries(curve.label());
            for (int lag = 0; lag < values.length; lag++) {
                series.add(lag, values[lag], values[lag] - errors[lag], values[lag] + errors[lag]);
            }
            data.addSeries(series);
        }
        return data;
    }

    private XYItemRenderer renderer(Figure2.Panel panel) {
        var renderer = new DeviationRenderer(true, true);
        renderer.setAlpha(0.22f);
        for (int i = 0; i < panel.curves().size(); i++) {
            var colour = colours.get(panel.curves().get(i).label());
            renderer.setSeriesPaint(i, colour);
            renderer.setSeriesFillPaint(i, colour);
            renderer.setSeriesStroke(i, new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            renderer.setSeriesShape(i, new Ellipse2D.Double(-2.6, -2.6, 5.2, 5.2));
        }
        return renderer;
    }

    private NumberAxis lagAxis() {
        var lags =
                curves().mapToInt(curve -> curve.autocorrelation().length).max().orElseThrow();
        var axis = Plots.axis(-0.3, Math.max(1, lags - 1) + 0.3);
        axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        return axis;
    }

    /** From -0.2 to 1, and on by tenths as far as the data with their errors reach. */
    private NumberAxis valueAxis() {
        var low = Math.min(-0.2, ends((value, error) -> value - error).min().orElseThrow());
        var high = Math.max(1, ends(Double::sum).max().orElseThrow());
        var axis = Plots.axis(Math.floor(low * 10) / 10, Math.ceil(high * 10) / 10 + 0.05);
        // JFreeChart alone would crowd a range of one or two with ticks; wider ones come of large errors only.
        if (high - low < 3) {
            axis.setTickUnit(new NumberTickUnit(0.2));
        }
        return axis;
    }

    private DoubleStream ends(DoubleBinaryOperator end) {
        return curves().flatMapToDouble(curve -> {
            var values = curve.autocorrelation();
            var errors = errors(curve);
            return IntStream.range(0, values.length).mapToDouble(lag -> end.applyAsDouble(values[lag], errors[lag]));
        });
    }

    private boolean hasErrors() {
        return curves().anyMatch(curve -> curve.standardError().length > 0);
    }

    private Stream<Figure2.Curve> curves() {
        return figure.panels().stream().flatMap(panel -> panel.curves().stream());
    }

    private static double[] errors(Figure2.Curve curve) {
        var errors = curve.standardError();
        return errors.length == 0 ? new double[curve.autocorrelation().length] : errors;
    }
}
