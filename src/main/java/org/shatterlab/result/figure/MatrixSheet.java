package org.shatterlab.result.figure;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.util.List;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;

/** The layout of a matrix: its title, the heat map, the colour bar and the caption, one below the other. */
final class MatrixSheet implements Sheet {

    private static final int SIDE = 512;
    private static final int LEFT = 28;
    private static final int RIGHT = 24;
    private static final int TOP = 12;
    private static final int TITLE_LINE = 18;
    private static final int TITLE_GAP = 10;
    private static final int AXIS_NAME = 34;
    private static final int BAR = 14;
    private static final int BAR_NAME = 34;
    private static final int MOST_TICKS = 9;

    private final MatrixFigure figure;
    private final List<String> title;
    private final Caption caption;

    MatrixSheet(MatrixFigure figure) {
        this.figure = figure;
        title = Text.wrap(figure.title(), Text.TITLE, SIDE, 2);
        caption = new Caption(figure.caption(), width());
    }

    @Override
    public int width() {
        return LEFT + Plots.TICKS_LEFT + SIDE + RIGHT;
    }

    @Override
    public int height() {
        var bar = barArea();
        return bar.y + bar.height + Plots.TICKS_BELOW + BAR_NAME + caption.height();
    }

    @Override
    public void draw(Graphics2D graphics) {
        var area = heatMapArea();
        for (int line = 0; line < title.size(); line++) {
            var baseline = area.y - TITLE_GAP - (title.size() - 1 - line) * TITLE_LINE;
            Text.centred(graphics, title.get(line), Text.TITLE, area.getCenterX(), baseline);
        }
        drawHeatMap(graphics, area);
        drawColourBar(graphics, barArea());
        caption.draw(graphics, height());
    }

    /** Where the heat map lies. */
    Rectangle heatMapArea() {
        return new Rectangle(LEFT + Plots.TICKS_LEFT, TOP + title.size() * TITLE_LINE + TITLE_GAP, SIDE, SIDE);
    }

    /** Where the colour bar lies. */
    Rectangle barArea() {
        var area = heatMapArea();
        return new Rectangle(area.x, area.y + SIDE + Plots.TICKS_BELOW + AXIS_NAME, SIDE, BAR);
    }

    private void drawHeatMap(Graphics2D graphics, Rectangle area) {
        var scale = figure.scale();
        var image = HeatMap.of(figure.values(), figure.columns().at().length, scale.low(), scale.high());
        graphics.drawImage(image, area.x, area.y, area.width, area.height, null);
        var columns = Scaled.of(figure.columns().at());
        var rows = Scaled.of(figure.rows().at());
        var domain = Plots.gridAxis(columns.values(), SIDE);
        Plots.draw(Plots.frame(domain, Plots.gridAxis(rows.values(), SIDE)), graphics, area);
        var across = named(figure.columns().name(), columns);
        Text.centred(graphics, across, Text.LABEL, area.getCenterX(), area.y + SIDE + Plots.TICKS_BELOW + 14);
        Text.upwards(graphics, named(figure.rows().name(), rows), Text.LABEL, 18, area.getCenterY());
    }

    private void drawColourBar(Graphics2D graphics, Rectangle bar) {
        graphics.drawImage(HeatMap.scale(), bar.x, bar.y, bar.width, bar.height, null);
        var ends = Scaled.of(new double[] {figure.scale().low(), figure.scale().high()});
        var values = Plots.axis(ends.values()[0], ends.values()[1]);
        values.setTickUnit((NumberTickUnit) NumberAxis.createStandardTickUnits()
                .getCeilingTickUnit((ends.values()[1] - ends.values()[0]) / MOST_TICKS));
        var none = Plots.axis(0, 1);
        none.setVisible(false);
        Plots.draw(Plots.frame(values, none), graphics, bar);
        var name = named(figure.scale().name(), ends);
        Text.centred(graphics, name, Text.LABEL, bar.getCenterX(), bar.y + BAR + Plots.TICKS_BELOW + 16);
    }

    private static String named(String name, Scaled values) {
        return values.exponent() == 0 ? name : name + " / " + values.power();
    }
}
