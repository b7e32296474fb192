package org.shatterlab.result.plot;

import java.awt.Graphics2D;

/** A drawing of a known size, whatever it is drawn on. */
interface Layout {

    int width();

    int height();

    /** Draws on a white ground of that size. */
    void draw(Graphics2D graphics);
}
