package org.shatterlab.result.plot;

import java.awt.Graphics2D;
import java.util.List;

/** The small print at the foot of a sheet. */
final class Caption {

    private static final int MARGIN = 12;
    private static final int LINE = 16;

    private final List<String> lines;

    Caption(String text, int sheetWidth) {
        lines = TextPlacement.wrap(text, TextPlacement.SMALL, sheetWidth - 2 * MARGIN, 4);
    }

    int height() {
        return lines.size() * LINE + 8;
    }

    void draw(Graphics2D graphics, int sheetHeight) {
        for (int i = 0; i < lines.size(); i++) {
            var baseline = sheetHeight - height() + (i + 1) * LINE - 2;
            TextPlacement.left(graphics, lines.get(i), TextPlacement.SMALL, Palette.FAINT_INK, MARGIN, baseline);
        }
    }
}
