package org.shatterlab.result.plot;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;

/**
 * The layout of a {@link MatrixFigure}: the title, the heat map, the colour bar and the caption, from top to bottom.
 */
final class MatrixLayout implements Layout {

    private static final int SIDE = 512;
    private static final int LEFT = 28;
    private static final int RIGHT = 24;
    private static final int TOP = 12;
    private static final int TITLE_LINE = 18;
    private static final int TITLE_GAP = 10;
    private static final int AXIS_NAME = 34;
    private static final int BAR = 14;
    private static final int BAR_NAME = 34;
    private static final int MAX_TICKS = 9;

    private final MatrixFigure figure;
    private final List<String> title;
    private final Caption caption;

    MatrixLayout(MatrixFigure figure) {
        this.figure = figure;
        title = TextPlacement.wrap(figure.title(), TextPlacement.TITLE, SIDE, 2);
        caption = new Caption(figure.caption(), width());
    }

    @Override
    public int width() {
        return LEFT + PlotStyle.TICKS_LEFT + SIDE + RIGHT;
    }

    @Override
    public int height() {
        Rectangle bar = barArea();
        return bar.y + bar.height + PlotStyle.TICKS_BELOW + BAR_NAME + caption.height();
    }

    @Override
    public List<Section> sections() {
        return List.of(new Section(0, height(), this::draw));
    }

    private void draw(Graphics2D graphics) {
        Rectangle area = heatMapArea();
        for (int line = 0; line < title.size(); line++) {
            int baseline = area.y - TITLE_GAP - (title.size() - 1 - line) * TITLE_LINE;
            TextPlacement.centred(graphics, title.get(line), TextPlacement.TITLE, area.getCenterX(), baseline);
        }
        drawHeatMap(graphics, area);
        drawColourBar(graphics, barArea());
        caption.draw(graphics, height());
    }

    /** Returns the area of the heat map. */
    Rectangle heatMapArea() {
        return new Rectangle(LEFT + PlotStyle.TICKS_LEFT, TOP + title.size() * TITLE_LINE + TITLE_GAP, SIDE, SIDE);
    }

    /** Returns the area of the colour bar. */
    Rectangle barArea() {
        Rectangle area = heatMapArea();
        return new Rectangle(area.x, area.y + SIDE + PlotStyle.TICKS_BELOW + AXIS_NAME, SIDE, BAR);
    }

    private void drawHeatMap(Graphics2D graphics, Rectangle area) {
        MatrixFigure.Scale scale = figure.scale();
        BufferedImage image =
                HeatMap.of(figure.values(), figure.columns().positions().length, scale.low(), scale.high());
        graphics.drawImage(image, area.x, area.y, area.width, area.height, null);
        var columns = ScaledNumbers.of(figure.columns().positions());
        var rows = ScaledNumbers.of(figure.rows().positions());
        NumberAxis domain = PlotStyle.gridAxis(columns.values(), SIDE);
        PlotStyle.draw(PlotStyle.frame(domain, PlotStyle.gridAxis(rows.values(), SIDE)), graphics, area);
        String across = named(figure.columns().name(), columns);
        TextPlacement.centred(
                graphics, across, TextPlacement.LABEL, area.getCenterX(), area.y + SIDE + PlotStyle.TICKS_BELOW + 14);
        TextPlacement.upwards(graphics, named(figure.rows().name(), rows), TextPlacement.LABEL, 18, area.getCenterY());
    }

    private void drawColourBar(Graphics2D graphics, Rectangle bar) {
        graphics.drawImage(HeatMap.scale(), bar.x, bar.y, bar.width, bar.height, null);
        var ends = ScaledNumbers.of(
                new double[] {figure.scale().low(), figure.scale().high()});
        NumberAxis values = PlotStyle.axis(ends.values()[0], ends.values()[1]);
        values.setTickUnit((NumberTickUnit) NumberAxis.createStandardTickUnits()
                .getCeilingTickUnit((ends.values()[1] - ends.values()[0]) / MAX_TICKS));
        NumberAxis none = PlotStyle.axis(0, 1);
        none.setVisible(false);
        PlotStyle.draw(PlotStyle.frame(values, none), graphics, bar);
        String name = named(figure.scale().name(), ends);
        TextPlacement.centred(
                graphics, name, TextPlacement.LABEL, bar.getCenterX(), bar.y + BAR + PlotStyle.TICKS_BELOW + 16);
    }

    private static String named(String name, ScaledNumbers values) {
        return values.exponent() == 0 ? name : name + " / " + values.power();
    }
}
