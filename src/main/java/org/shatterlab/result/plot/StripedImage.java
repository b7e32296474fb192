package org.shatterlab.result.plot;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import org.apache.batik.ext.awt.image.rendered.AbstractRed;
import org.apache.batik.ext.awt.image.rendered.CachableRed;

/**
 * The image of a tall layout, which is drawn strip by strip while its rows are read from top to bottom. The image holds
 * one strip at a time. Its memory therefore does not grow with its height.
 */
@SuppressWarnings("unchecked") // Batik's class inherits a method with a raw list.
final class StripedImage extends AbstractRed {

    private final Layout layout;
    private final BufferedImage strip;

    /** The first row of the strip that is drawn at present. The value is negative before the first strip. */
    private int top;

    /**
     * Creates the image of a layout.
     *
     * @param strip the image for the strips, as wide as the layout
     */
    StripedImage(Layout layout, BufferedImage strip) {
        super(
                (CachableRed) null,
                new Rectangle(strip.getWidth(), layout.height() * Rendering.PIXELS_PER_UNIT),
                strip.getColorModel(),
                strip.getSampleModel(),
                null);
        this.layout = layout;
        this.strip = strip;
        top = -strip.getHeight();
    }

    @Override
    public WritableRaster copyData(WritableRaster target) {
        int left = target.getMinX();
        int width = target.getWidth();
        for (int row = target.getMinY(); row < target.getMinY() + target.getHeight(); row++) {
            if (row < top || row >= top + strip.getHeight()) {
                top = row / strip.getHeight() * strip.getHeight();
                Rendering.draw(layout, top, strip);
            }
            target.setDataElements(
                    left, row, width, 1, strip.getRaster().getDataElements(left, row - top, width, 1, null));
        }
        return target;
    }
}
