package org.shatterlab.result.plot;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** The layout of a {@link Figure4}: three plots in each row, and the names of the axes below the last row. */
final class Figure4Layout implements Layout {

    private static final int WIDTH = 1000;
    private static final int COLUMNS = 3;
    private static final int LEFT = 28;
    private static final int GAP = 34;
    private static final int TOP = 34;
    private static final int TITLE = 28;
    private static final int PLOT_HEIGHT = 130;
    private static final int AXIS_NAME = 26;
    private static final int BOTTOM = 14;
    private static final int ACTIVE = 40;
    private static final int INACTIVE = 255;
    private static final int PLOT_WIDTH = (WIDTH - LEFT) / COLUMNS - PlotStyle.TICKS_LEFT - GAP;

    private final Figure4 figure;
    private final Caption caption;

    Figure4Layout(Figure4 figure) {
        this.figure = figure;
        caption = new Caption(figure.caption(), WIDTH);
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return TOP + figure.rows().size() * rowHeight() + AXIS_NAME + BOTTOM + caption.height();
    }

    @Override
    public List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(0, TOP, this::drawHeads));
        for (int i = 0; i < figure.rows().size(); i++) {
            int row = i;
            sections.add(new Section(TOP + i * rowHeight(), rowHeight(), graphics -> drawRow(graphics, row)));
        }
        int bottom = TOP + figure.rows().size() * rowHeight();
        sections.add(new Section(bottom, height() - bottom, this::drawFoot));
        return sections;
    }

    private void drawHeads(Graphics2D graphics) {
        List<String> heads = List.of("active units (dark)", "mean activation of units", "contiguous runs of inputs");
        for (int column = 0; column < COLUMNS; column++) {
            TextPlacement.centred(
                    graphics,
                    heads.get(column),
                    TextPlacement.TITLE,
                    area(0, column).getCenterX(),
                    20);
        }
    }

    private void drawFoot(Graphics2D graphics) {
        List<String> names = List.of(figure.inputs().name(), "fraction of inputs", "log₂ of the length (grid steps)");
        int last = figure.rows().size() - 1;
        for (int column = 0; column < COLUMNS; column++) {
            Rectangle area = area(last, column);
            int baseline = area.y + area.height + PlotStyle.TICKS_BELOW + 16;
            TextPlacement.centred(graphics, names.get(column), TextPlacement.LABEL, area.getCenterX(), baseline);
        }
        caption.draw(graphics, height());
    }

    /** Returns the area of a plot. */
    Rectangle area(int row, int column) {
        return new Rectangle(
                LEFT + column * (WIDTH - LEFT) / COLUMNS + PlotStyle.TICKS_LEFT,
                TOP + row * rowHeight() + TITLE,
                PLOT_WIDTH,
                PLOT_HEIGHT);
    }

    private static int rowHeight() {
        return TITLE + PLOT_HEIGHT + PlotStyle.TICKS_BELOW;
    }

    private void drawRow(Graphics2D graphics, int index) {
        Figure4.ActivityRow row = figure.rows().get(index);
        Rectangle raster = area(index, 0);
        String title = TextPlacement.wrap(row.title(), TextPlacement.LABEL, WIDTH - 2.0 * LEFT, 1)
                .getFirst();
        TextPlacement.left(graphics, title, TextPlacement.LABEL, Palette.INK, raster.x, raster.y - 8.0);
        drawRaster(graphics, raster, row.raster());
        TextPlacement.upwards(graphics, "unit", TextPlacement.LABEL, 18, raster.getCenterY());

        int bins = row.activation().length;
        NumberAxis means = PlotStyle.axis(0, 1);
        means.setTickUnit(new NumberTickUnit(0.25));
        drawHistogram(graphics, area(index, 1), row.activation(), 1.0 / bins, means);
        NumberAxis lengths = PlotStyle.axis(0, row.contiguity().length);
        lengths.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        drawHistogram(graphics, area(index, 2), row.contiguity(), 1, lengths);
        Rectangle middle = area(index, 1);
        TextPlacement.upwards(
                graphics, "fraction", TextPlacement.LABEL, middle.x - PlotStyle.TICKS_LEFT - 6.0, middle.getCenterY());
        Rectangle right = area(index, 2);
        TextPlacement.upwards(
                graphics, "fraction", TextPlacement.LABEL, right.x - PlotStyle.TICKS_LEFT - 6.0, right.getCenterY());
    }

    private void drawRaster(Graphics2D graphics, Rectangle area, Figure4.Raster raster) {
        double[] inputs = figure.inputs().positions();
        int units = raster.entries() / inputs.length;
        var image = new BufferedImage(inputs.length, units, BufferedImage.TYPE_BYTE_GRAY);
        for (int unit = 0; unit < units; unit++) {
            for (int input = 0; input < inputs.length; input++) {
                int grey = raster.active().get(unit * inputs.length + input) ? ACTIVE : INACTIVE;
                image.getRaster().setSample(input, units - 1 - unit, 0, grey);
            }
        }
        graphics.drawImage(image, area.x, area.y, area.width, area.height, null);
        PlotStyle.draw(
                PlotStyle.frame(PlotStyle.gridAxis(inputs, area.width), PlotStyle.axis(0, units)), graphics, area);
    }

    private static void drawHistogram(
            Graphics2D graphics, Rectangle area, double[] fractions, double binWidth, ValueAxis domain) {
        var series = new XYIntervalSeries("fraction");
        for (int bin = 0; bin < fractions.length; bin++) {
            series.add((bin + 0.5) * binWidth, bin * binWidth, (bin + 1) * binWidth, fractions[bin], 0, fractions[bin]);
        }
        var data = new XYIntervalSeriesCollection();
        data.addSeries(series);
        var renderer = new XYBarRenderer(0.1);
        renderer.setBarPainter(new StandardXYBarPainter());
        renderer.setShadowVisible(false);
        renderer.setSeriesPaint(0, Palette.CURVE);
        double max = Arrays.stream(fractions).max().orElseThrow();
        NumberAxis range = PlotStyle.axis(0, Math.max(0.05, 1.1 * max));
        range.setTickUnit(new NumberTickUnit(tick(max)));
        PlotStyle.draw(PlotStyle.plot(domain, range, data, renderer), graphics, area);
    }

    /** Returns the distance of ticks that gives an axis three to five ticks. */
    private static double tick(double max) {
        return max > 0.5 ? 0.25 : max > 0.2 ? 0.1 : max > 0.08 ? 0.05 : 0.02;
    }
}
