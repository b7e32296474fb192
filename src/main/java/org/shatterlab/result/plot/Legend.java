package org.shatterlab.result.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The legend of curves, in centred rows. */
final class Legend {

    private static final int MARGIN = 12;
    private static final int ROW = 22;
    private static final int SYMBOL_WIDTH = 30;
    private static final int SPACE = 22;

    private static final float LINE = 1.8f;

    /** The symbol of an item: a line with a point, a dashed line, or a filled rectangle for the band of errors. */
    private enum Symbol {
        MEASURED,
        PREDICTED,
        BAND
    }

    /** An item of the legend. */
    private record LegendEntry(String label, Color colour, Symbol symbol) {
        double width() {
            return SYMBOL_WIDTH + 6 + TextPlacement.width(label, TextPlacement.LABEL);
        }
    }

    private final List<List<LegendEntry>> rows = new ArrayList<>();
    private final int layoutWidth;

    /**
     * Arranges the items in rows.
     *
     * @param colours the colours of all curves by label
     * @param predicted the labels of the predicted curves
     * @param errors whether the legend explains the band of errors
     * @param layoutWidth the width of the layout
     */
    Legend(Map<String, Color> colours, Collection<String> predicted, boolean errors, int layoutWidth) {
        this.layoutWidth = layoutWidth;
        double available = layoutWidth - 2.0 * MARGIN;
        var items = new ArrayList<LegendEntry>();
        colours.forEach((label, colour) -> items.add(
                item(label, colour, predicted.contains(label) ? Symbol.PREDICTED : Symbol.MEASURED, available)));
        if (errors) {
            items.add(item("± 1 standard error", Palette.FAINT_INK, Symbol.BAND, available));
        }
        for (LegendEntry item : items) {
            if (rows.isEmpty() || width(rows.getLast()) + SPACE + item.width() > available) {
                rows.add(new ArrayList<>());
            }
            rows.getLast().add(item);
        }
    }

    /** Returns the stroke of a prediction. Each prediction has its own dashes, because predictions may coincide. */
    static Stroke dashedStroke(String label) {
        float[] dashes = switch (label) {
            case CurveFigure.PAPER -> new float[] {7, 5};
            case CurveFigure.DERIVED -> new float[] {2, 4};
            default -> new float[] {11, 3, 2, 3};
        };
        return new BasicStroke(LINE, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0);
    }

    int height() {
        return rows.size() * ROW + 10;
    }

    void draw(Graphics2D graphics, int top) {
        for (int i = 0; i < rows.size(); i++) {
            double x = (layoutWidth - width(rows.get(i))) / 2;
            for (LegendEntry item : rows.get(i)) {
                draw(graphics, item, x, top + i * ROW + ROW / 2.0);
                x += item.width() + SPACE;
            }
        }
    }

    private static LegendEntry item(String label, Color colour, Symbol symbol, double available) {
        return new LegendEntry(
                TextPlacement.wrap(label, TextPlacement.LABEL, available - SYMBOL_WIDTH - 6, 1)
                        .getFirst(),
                colour,
                symbol);
    }

    private static double width(List<LegendEntry> row) {
        return row.stream().mapToDouble(LegendEntry::width).sum() + SPACE * (row.size() - 1);
    }

    private static void draw(Graphics2D graphics, LegendEntry item, double x, double y) {
        graphics.setPaint(item.colour());
        switch (item.symbol()) {
            case BAND -> {
                graphics.setPaint(new Color(0xD5D5D5));
                graphics.fill(new Rectangle2D.Double(x, y - 6, SYMBOL_WIDTH, 12));
            }
            case MEASURED -> {
                graphics.setStroke(new BasicStroke(2));
                graphics.draw(new Line2D.Double(x, y, x + SYMBOL_WIDTH, y));
                graphics.fill(new Ellipse2D.Double(x + SYMBOL_WIDTH / 2.0 - 3, y - 3, 6, 6));
            }
            case PREDICTED -> {
                graphics.setStroke(dashedStroke(item.label()));
                graphics.draw(new Line2D.Double(x, y, x + SYMBOL_WIDTH, y));
            }
        }
        TextPlacement.left(graphics, item.label(), TextPlacement.LABEL, Palette.INK, x + SYMBOL_WIDTH + 6, y + 5);
    }
}
