package org.shatterlab.result.plot;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.DefaultXYDataset;

/** The layout of a {@link Figure1}: rows of at most five columns, with one colour bar and the caption below. */
final class Figure1Layout implements Layout {

    private static final int WIDTH = 1000;
    private static final int MAX_PER_ROW = 5;
    private static final int MAX_SIDE = 280;
    private static final int LEFT = 28;
    private static final int RIGHT = 12;
    private static final int TOP = 8;
    private static final int GAP = 10;
    private static final int TITLE_LINE = 18;
    private static final int POWER_LINE = 14;
    private static final int AXIS_NAME = 22;
    private static final int BETWEEN_ROWS = 14;
    private static final int BAR = 14;
    private static final int FOOT = 66;

    private final Figure1 figure;
    private final List<List<String>> titles;
    private final Caption caption;
    private final int perRow;
    private final int rows;
    private final int side;
    private final int titleHeight;
    private final int titleGap;

    Figure1Layout(Figure1 figure) {
        this.figure = figure;
        int count = figure.columns().size();
        rows = Math.ceilDiv(count, MAX_PER_ROW);
        perRow = Math.ceilDiv(count, rows);
        side = Math.min(MAX_SIDE, (WIDTH - LEFT - RIGHT) / perRow - PlotStyle.TICKS_LEFT - GAP);
        titles = figure.columns().stream()
                .map(column -> TextPlacement.wrap(column.title(), TextPlacement.TITLE, columnWidth() - 16, 2))
                .toList();
        boolean powers = figure.columns().stream().anyMatch(column -> ScaledNumbers.exponent(column.gradient()) != 0);
        titleGap = powers ? 10 + POWER_LINE : 10;
        titleHeight = titleGap
                + TITLE_LINE * titles.stream().mapToInt(List::size).max().orElseThrow();
        caption = new Caption(figure.caption(), width());
    }

    @Override
    public int width() {
        return LEFT + RIGHT + perRow * columnWidth();
    }

    @Override
    public int height() {
        return TOP + rows * rowHeight() + FOOT + caption.height();
    }

    @Override
    public List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < figure.columns().size(); i++) {
            int column = i;
            sections.add(new Section(rowTop(i), rowHeight(), graphics -> {
                drawTitle(graphics, column);
                drawGradient(graphics, column);
                drawOuterProduct(graphics, column);
            }));
        }
        int bottom = TOP + rows * rowHeight();
        sections.add(new Section(bottom, height() - bottom, graphics -> {
            drawColourBar(graphics);
            caption.draw(graphics, height());
        }));
        return sections;
    }

    /** Returns the plot area of a column's gradient. */
    Rectangle curveArea(int index) {
        int x = LEFT + (index % perRow) * columnWidth() + PlotStyle.TICKS_LEFT;
        return new Rectangle(x, rowTop(index) + titleHeight, side, curveHeight());
    }

    /** Returns the area of a column's heat map. */
    Rectangle heatMapArea(int index) {
        Rectangle curve = curveArea(index);
        return new Rectangle(curve.x, curve.y + curve.height + GAP, side, side);
    }

    private int columnWidth() {
        return PlotStyle.TICKS_LEFT + side + GAP;
    }

    private int rowTop(int index) {
        return TOP + index / perRow * rowHeight();
    }

    private int rowHeight() {
        return titleHeight + curveHeight() + GAP + side + PlotStyle.TICKS_BELOW + AXIS_NAME + BETWEEN_ROWS;
    }

    private int curveHeight() {
        return side * 3 / 4;
    }

    private void drawTitle(Graphics2D graphics, int index) {
        Rectangle area = curveArea(index);
        List<String> lines = titles.get(index);
        for (int line = 0; line < lines.size(); line++) {
            int baseline = area.y - titleGap - (lines.size() - 1 - line) * TITLE_LINE;
            TextPlacement.centred(graphics, lines.get(line), TextPlacement.TITLE, area.getCenterX(), baseline);
        }
    }

    private void drawGradient(Graphics2D graphics, int index) {
        Figure1.Column column = figure.columns().get(index);
        Rectangle area = curveArea(index);
        var inputs = ScaledNumbers.of(column.x());
        var gradient = ScaledNumbers.of(column.gradient());
        var data = new DefaultXYDataset();
        data.addSeries("gradient", new double[][] {inputs.values(), gradient.values()});
        var renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setSeriesPaint(0, Palette.CURVE);
        renderer.setSeriesStroke(0, new BasicStroke(1.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        NumberAxis domain = PlotStyle.gridAxis(inputs.values(), side);
        domain.setTickLabelsVisible(false);
        PlotStyle.draw(PlotStyle.plot(domain, gradientAxis(gradient.values()), data, renderer), graphics, area);
        if (gradient.exponent() != 0) {
            int left = area.x - PlotStyle.TICKS_LEFT + 2;
            TextPlacement.left(graphics, "×" + gradient.power(), TextPlacement.SMALL, Palette.INK, left, area.y - 6);
        }
        if (index % perRow == 0) {
            TextPlacement.upwards(graphics, "gradient df/dx", TextPlacement.LABEL, 18, area.getCenterY());
        }
    }

    private void drawOuterProduct(Graphics2D graphics, int index) {
        Figure1.Column column = figure.columns().get(index);
        Rectangle area = heatMapArea(index);
        BufferedImage image = HeatMap.outerProduct(column.gradient());
        if (image == null) {
            TextPlacement.centred(
                    graphics, "constant gradient", TextPlacement.TICK, area.getCenterX(), area.getCenterY());
        } else {
            graphics.drawImage(image, area.x, area.y, area.width, area.height, null);
        }
        var inputs = ScaledNumbers.of(column.x());
        PlotStyle.draw(
                PlotStyle.frame(PlotStyle.gridAxis(inputs.values(), side), PlotStyle.gridAxis(inputs.values(), side)),
                graphics,
                area);
        String name = inputs.exponent() == 0 ? "input x" : "input x / " + inputs.power();
        TextPlacement.centred(
                graphics, name, TextPlacement.LABEL, area.getCenterX(), area.y + side + PlotStyle.TICKS_BELOW + 14);
        if (index % perRow == 0) {
            TextPlacement.upwards(graphics, name, TextPlacement.LABEL, 18, area.getCenterY());
        }
    }

    private void drawColourBar(Graphics2D graphics) {
        int length = Math.min(360, width() - 80);
        var bar = new Rectangle((width() - length) / 2, TOP + rows * rowHeight(), length, BAR);
        graphics.drawImage(HeatMap.scale(), bar.x, bar.y, bar.width, bar.height, null);
        NumberAxis values = PlotStyle.axis(0, HeatMap.TOP);
        values.setTickUnit(new NumberTickUnit(HeatMap.TOP / 4));
        NumberAxis none = PlotStyle.axis(0, 1);
        none.setVisible(false);
        PlotStyle.draw(PlotStyle.frame(values, none), graphics, bar);
        String label = "|(g − m)(g − m)ᵀ| / var(g), clipped at 2";
        TextPlacement.centred(
                graphics, label, TextPlacement.LABEL, bar.getCenterX(), bar.y + BAR + PlotStyle.TICKS_BELOW + 16);
    }

    private static NumberAxis gradientAxis(double[] gradient) {
        double low = Math.min(0, Arrays.stream(gradient).min().orElseThrow());
        double high = Math.max(0, Arrays.stream(gradient).max().orElseThrow());
        double margin = low == high ? 1 : 0.06 * (high - low);
        return PlotStyle.axis(low - margin, high + margin);
    }
}
