package org.shatterlab.result.plot;

import java.awt.Color;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;

/**
 * The colours of figures. The colour map is viridis. Its lightness rises evenly, so that figures stay readable in grey
 * print and for colour-blind readers.
 */
final class Palette {

    static final Color INK = new Color(0x222222);
    static final Color FAINT_INK = new Color(0x666666);
    static final Color AXIS = new Color(0x555555);
    static final Color GRID = new Color(0xE4E4E4);
    static final Color CURVE = new Color(0x1F4E79);
    static final Color WHITE_NOISE = new Color(0x7A7A7A);
    static final Color BROWN_NOISE = new Color(0xD55E00);
    static final Color PAPER = new Color(0xD55E00);
    static final Color DERIVED = new Color(0x009E73);

    private static final int[] VIRIDIS = {
        0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725
    };

    private Palette() {}

    /** Returns the colour of viridis at a position from 0 (dark) to 1 (light). */
    static Color viridis(double position) {
        double scaled = Math.clamp(position, 0, 1) * (VIRIDIS.length - 1);
        int low = Math.min((int) scaled, VIRIDIS.length - 2);
        var from = new Color(VIRIDIS[low]);
        var to = new Color(VIRIDIS[low + 1]);
        double part = scaled - low;
        return new Color(
                mix(from.getRed(), to.getRed(), part),
                mix(from.getGreen(), to.getGreen(), part),
                mix(from.getBlue(), to.getBlue(), part));
    }

    /** Returns viridis as a colour model of 256 steps. */
    static IndexColorModel viridisModel() {
        var colours = new int[256];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = viridis(i / 255.0).getRGB();
        }
        return new IndexColorModel(8, colours.length, colours, 0, false, -1, DataBuffer.TYPE_BYTE);
    }

    private static int mix(int from, int to, double part) {
        return (int) Math.round(from + part * (to - from));
    }
}
