package org.shatterlab.result.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StripedImageTest {

    /** A figure of two rows of panels. */
    private static final Figure1 FIGURE = new Figure1(
            SyntheticFigures.CAPTION,
            IntStream.range(0, 12)
                    .mapToObj(i -> SyntheticFigures.column("network " + i, SyntheticFigures.brownNoise(64, i)))
                    .toList());

    @Test
    void stripsShowWholePicture() {
        Layout layout = Rendering.layout(FIGURE);
        int width = layout.width() * Rendering.PIXELS_PER_UNIT;
        int height = layout.height() * Rendering.PIXELS_PER_UNIT;
        BufferedImage whole = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Rendering.draw(layout, 0, whole);
        for (int stripHeight : List.of(97, 512)) {
            StripedImage striped =
                    new StripedImage(layout, new BufferedImage(width, stripHeight, BufferedImage.TYPE_INT_RGB));
            int[] expected = whole.getRaster().getPixels(0, 0, width, height, (int[]) null);
            int[] drawn = striped.getData().getPixels(0, 0, width, height, (int[]) null);
            // The rasterizer may round a colour differently at the edge of a strip.
            assertThat(IntStream.range(0, drawn.length)
                            .map(i -> Math.abs(drawn[i] - expected[i]))
                            .max()
                            .orElseThrow())
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void tallPicturesAreComplete() throws IOException {
        Figure1 tall = new Figure1(
                SyntheticFigures.CAPTION,
                IntStream.range(0, 64)
                        .mapToObj(i -> SyntheticFigures.column("network " + i, SyntheticFigures.brownNoise(16, i)))
                        .toList());
        BufferedImage image = FigureReader.image(FigureReader.png(tall));
        Figure1Layout layout = new Figure1Layout(tall);
        assertThat(image.getWidth() * image.getHeight()).isGreaterThan(4 * Rendering.MAX_PIXELS);
        for (int column : List.of(0, 30, 63)) {
            assertThat(FigureReader.shows(FigureReader.crop(image, layout.curveArea(column)), Palette.CURVE))
                    .isTrue();
        }
    }
}
