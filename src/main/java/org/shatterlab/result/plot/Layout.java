package org.shatterlab.result.plot;

import java.awt.Graphics2D;

/** A drawing of known size, independent of the output format. The unit of length is one unit of the SVG. */
interface Layout {

    int width();

    int height();

    /** Draws on a white background of the layout's size. */
    void draw(Graphics2D graphics);
}
