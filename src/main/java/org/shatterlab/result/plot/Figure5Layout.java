package org.shatterlab.result.plot;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;

/** The layout of a {@link Figure5}: heat maps in even rows of at most four, their colour bar, and the curves below. */
final class Figure5Layout implements Layout {

    private static final int WIDTH = 1000;
    private static final int MAX_PER_ROW = 4;
    private static final int MARGIN = 24;
    private static final int GAP = 20;
    private static final int TOP = 8;
    private static final int TITLE_LINE = 18;
    private static final int TITLE = 2 * TITLE_LINE + 8;
    private static final int BAR = 14;
    private static final int BAR_FOOT = 62;
    private static final int SIDE = (WIDTH - 2 * MARGIN - (MAX_PER_ROW - 1) * GAP) / MAX_PER_ROW;

    private final Figure5 figure;
    private final CurveLayout curves;
    private final int perRow;

    Figure5Layout(Figure5 figure) {
        this.figure = figure;
        int count = figure.covariances().size();
        perRow = Math.ceilDiv(count, Math.ceilDiv(count, MAX_PER_ROW));
        curves = new CurveLayout(new CurveFigure(figure.caption(), 1, List.of(figure.rank())));
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return curvesTop() + curves.height();
    }

    @Override
    public List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < figure.covariances().size(); i++) {
            int covariance = i;
            sections.add(
                    new Section(area(i).y - TITLE, TITLE + SIDE, graphics -> drawCovariance(graphics, covariance)));
        }
        sections.add(new Section(barTop(), BAR + BAR_FOOT, this::drawColourBar));
        curves.sections()
                .forEach(section -> sections.add(new Section(
                        curvesTop() + section.top(), section.height(), graphics -> drawBelow(graphics, section))));
        return sections;
    }

    private void drawBelow(Graphics2D graphics, Section section) {
        AffineTransform before = graphics.getTransform();
        graphics.translate((WIDTH - curves.width()) / 2, curvesTop());
        section.draw(graphics);
        graphics.setTransform(before);
    }

    /** Returns the area of a heat map. */
    Rectangle area(int index) {
        int left = (WIDTH - perRow * SIDE - (perRow - 1) * GAP) / 2;
        return new Rectangle(
                left + index % perRow * (SIDE + GAP), TOP + index / perRow * (TITLE + SIDE + GAP) + TITLE, SIDE, SIDE);
    }

    private int barTop() {
        return area(figure.covariances().size() - 1).y + SIDE + GAP;
    }

    private int curvesTop() {
        return barTop() + BAR + BAR_FOOT;
    }

    private void drawCovariance(Graphics2D graphics, int index) {
        Figure5.Covariance covariance = figure.covariances().get(index);
        Rectangle area = area(index);
        List<String> lines = TextPlacement.wrap(covariance.title(), TextPlacement.TITLE, SIDE, 2);
        for (int line = 0; line < lines.size(); line++) {
            int baseline = area.y - 8 - (lines.size() - 1 - line) * TITLE_LINE;
            TextPlacement.centred(graphics, lines.get(line), TextPlacement.TITLE, area.getCenterX(), baseline);
        }
        double[] values = covariance.values();
        var size = (int) Math.sqrt(values.length);
        graphics.drawImage(HeatMap.of(values, size, -1, 1), area.x, area.y, SIDE, SIDE, null);
        graphics.setPaint(Palette.AXIS);
        graphics.draw(area);
    }

    private void drawColourBar(Graphics2D graphics) {
        var bar = new Rectangle((WIDTH - 360) / 2, barTop(), 360, BAR);
        graphics.drawImage(HeatMap.scale(), bar.x, bar.y, bar.width, bar.height, null);
        NumberAxis values = PlotStyle.axis(-1, 1);
        values.setTickUnit(new NumberTickUnit(0.5));
        NumberAxis none = PlotStyle.axis(0, 1);
        none.setVisible(false);
        PlotStyle.draw(PlotStyle.frame(values, none), graphics, bar);
        String label = "covariance of gradients C(i,j) / mean variance; images ordered by k-means (k = 10)";
        TextPlacement.centred(
                graphics, label, TextPlacement.LABEL, bar.getCenterX(), bar.y + BAR + PlotStyle.TICKS_BELOW + 16);
    }
}
