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

/** The key to the curves, in centred rows. */
final class Legend {

    private static final int MARGIN = 12;
    private static final int ROW = 22;
    private static final int SAMPLE = 30;
    private static final int SPACE = 22;

    private static final float LINE = 1.8f;

    /** What an item looks like; the band of errors is no curve and shown as a patch. */
    private enum Look {
        MEASURED,
        PREDICTED,
        BAND
    }

    /** One item of the key. */
    private record Item(String label, Color colour, Look look) {
        double width() {
            return SAMPLE + 6 + TextPlacement.width(label, TextPlacement.LABEL);
        }
    }

    private final List<List<Item>> rows = new ArrayList<>();
    private final int sheetWidth;

    /**
     * @param colours of all curves
     * @param predicted the labels of those that are predicted
     */
    Legend(Map<String, Color> colours, Collection<String> predicted, boolean errors, int sheetWidth) {
        this.sheetWidth = sheetWidth;
        var room = sheetWidth - 2.0 * MARGIN;
        var items = new ArrayList<Item>();
        colours.forEach((label, colour) ->
                items.add(item(label, colour, predicted.contains(label) ? Look.PREDICTED : Look.MEASURED, room)));
        if (errors) {
            items.add(item("± 1 standard error", Palette.FAINT_INK, Look.BAND, room));
        }
        for (var item : items) {
            if (rows.isEmpty() || width(rows.getLast()) + SPACE + item.width() > room) {
                rows.add(new ArrayList<>());
            }
            rows.getLast().add(item);
        }
    }

    /** How a prediction is drawn: unlike the others, as they may coincide. */
    static Stroke dashed(String label) {
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
            var x = (sheetWidth - width(rows.get(i))) / 2;
            for (var item : rows.get(i)) {
                draw(graphics, item, x, top + i * ROW + ROW / 2.0);
                x += item.width() + SPACE;
            }
        }
    }

    private static Item item(String label, Color colour, Look look, double room) {
        return new Item(
                TextPlacement.wrap(label, TextPlacement.LABEL, room - SAMPLE - 6, 1)
                        .getFirst(),
                colour,
                look);
    }

    private static double width(List<Item> row) {
        return row.stream().mapToDouble(Item::width).sum() + SPACE * (row.size() - 1);
    }

    private static void draw(Graphics2D graphics, Item item, double x, double y) {
        graphics.setPaint(item.colour());
        switch (item.look()) {
            case BAND -> {
                graphics.setPaint(new Color(0xD5D5D5));
                graphics.fill(new Rectangle2D.Double(x, y - 6, SAMPLE, 12));
            }
            case MEASURED -> {
                graphics.setStroke(new BasicStroke(2));
                graphics.draw(new Line2D.Double(x, y, x + SAMPLE, y));
                graphics.fill(new Ellipse2D.Double(x + SAMPLE / 2.0 - 3, y - 3, 6, 6));
            }
            case PREDICTED -> {
                graphics.setStroke(dashed(item.label()));
                graphics.draw(new Line2D.Double(x, y, x + SAMPLE, y));
            }
        }
        TextPlacement.left(graphics, item.label(), TextPlacement.LABEL, Palette.INK, x + SAMPLE + 6, y + 5);
    }
}
