package org.shatterlab.result.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;

/** Measures, wraps and draws text. SVG and PNG use the same measurements, so that both have the same layout. */
final class TextPlacement {

    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 14);
    static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    private static final FontRenderContext METRICS = new FontRenderContext(null, true, true);

    private TextPlacement() {}

    static double width(String text, Font font) {
        return font.getStringBounds(text, METRICS).getWidth();
    }

    /**
     * Wraps a text at its spaces into a limited number of lines of limited width. A line that is too long ends in "…".
     */
    static List<String> wrap(String text, Font font, double width, int maxLines) {
        String[] words = clean(text).strip().split(" +", -1);
        var lines = new ArrayList<String>();
        String line = words[0];
        for (int i = 1; i < words.length; i++) {
            String longer = line + " " + words[i];
            if (lines.size() + 1 < maxLines && width(longer, font) > width) {
                lines.add(shorten(line, font, width));
                line = words[i];
            } else {
                line = longer;
            }
        }
        lines.add(shorten(line, font, width));
        return lines;
    }

    /** Draws a text that starts at x. */
    static void left(Graphics2D graphics, String text, Font font, Color colour, double x, double baseline) {
        graphics.setFont(font);
        graphics.setPaint(colour);
        graphics.drawString(clean(text), (float) x, (float) baseline);
    }

    /** Draws a text that is horizontally centred at x. */
    static void centred(Graphics2D graphics, String text, Font font, double x, double baseline) {
        left(graphics, text, font, Palette.INK, x - width(clean(text), font) / 2, baseline);
    }

    /** Draws a text that reads from bottom to top, vertically centred at y. */
    static void upwards(Graphics2D graphics, String text, Font font, double baseline, double y) {
        AffineTransform before = graphics.getTransform();
        graphics.rotate(-Math.PI / 2, baseline, y);
        centred(graphics, text, font, baseline, y);
        graphics.setTransform(before);
    }

    private static String shorten(String line, Font font, double width) {
        String shortened = line;
        int length = line.length();
        while (length > 1 && width(shortened, font) > width) {
            length = line.offsetByCodePoints(length, -1);
            shortened = line.substring(0, length).stripTrailing() + "…";
        }
        return shortened;
    }

    /** Replaces characters that XML forbids by spaces, because users choose the names of networks. */
    private static String clean(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cs}\\uFFFE\\uFFFF]", " ");
    }
}
