package org.shatterlab.result.plot;

import java.awt.Graphics2D;
import java.util.List;
import java.util.function.Consumer;

/**
 * A drawing of known size, independent of the output format. The unit of length is one unit of the SVG. A layout is
 * drawn section by section, so that the memory of a drawing does not grow with the number of its sections.
 */
interface Layout {

    int width();

    int height();

    /** Returns the sections in the order in which they are drawn, on a white background of the layout's size. */
    List<Section> sections();

    /**
     * A part of a drawing, such as a panel or a legend.
     *
     * @param top the upper end of the section
     * @param height the height of the section, without long names of axes
     * @param drawing draws the section in the coordinates of the layout
     */
    record Section(int top, int height, Consumer<Graphics2D> drawing) {

        /** The space above and below a section that the names of its axes may reach into. */
        private static final int OVERHANG = 40;

        void draw(Graphics2D graphics) {
            drawing.accept(graphics);
        }

        /** Returns whether the section may reach into the clip of an image. */
        boolean isVisible(Graphics2D graphics, int layoutWidth) {
            return graphics.hitClip(0, top - OVERHANG, layoutWidth, height + 2 * OVERHANG);
        }
    }
}
