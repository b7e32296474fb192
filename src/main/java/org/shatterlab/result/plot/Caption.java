package org.shatterlab.result.plot;

import java.awt.Graphics2D;
import java.util.List;

/** The caption in small print at the bottom of a figure. */
final class Caption {

    private static final int MARGIN = 12;
    private static final int LINE = 16;

    private final List<String> lines;

    Caption(String text, int layoutWidth) {
        lines = TextPlacement.wrap(text, TextPlacement.SMALL, layoutWidth - 2 * MARGIN, 4);
    }

    int height() {
        return lines.size() * LINE + 8;
    }

    void draw(Graphics2D graphics, int layoutHeight) {
        for (int i = 0; i < lines.size(); i++) {
            int baseline = layoutHeight - height() + (i + 1) * LINE - 2;
            TextPlacement.left(graphics, lines.get(i), TextPlacement.SMALL, Palette.FAINT_INK, MARGIN, baseline);
        }
    }
}
