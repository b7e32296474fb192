package org.shatterlab.result.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.shatterlab.result.plot.SyntheticFigures.column;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class Figure1Test {

    private static final Figure1 FIVE = SyntheticFigures.figure1(256);

    @Test
    void labelsColumnsAxesScaleAndOrigin() throws Exception {
        Document document = FigureReader.parse(FigureReader.svg(FIVE));

        assertThat(FigureReader.texts(document))
                .contains("1-layer feedforward", "24-layer feedforward", "50-layer resnet", "Brown noise")
                .contains("White noise", "gradient df/dx", "input x", "×10⁷", SyntheticFigures.CAPTION)
                .contains("|(g − m)(g − m)ᵀ| / var(g), clipped at 2")
                .contains("−2", "0", "1.5", "2");
    }

    @Test
    void scalesToAnyWidth() throws Exception {
        Element root = FigureReader.parse(FigureReader.svg(FIVE)).getDocumentElement();
        var layout = new Figure1Layout(FIVE);

        assertThat(root.getAttribute("viewBox")).isEqualTo("0 0 1000 " + layout.height());
        assertThat(root.getAttribute("width")).isEqualTo("1000");
        assertThat(root.getAttribute("height")).isEqualTo("" + layout.height());
    }

    @Test
    void embedsOneImagePerHeatMap() throws Exception {
        byte[] svg = FigureReader.svg(FIVE);
        List<Element> images = FigureReader.elements(FigureReader.parse(svg), "image");

        assertThat(images)
                .hasSize(6)
                .allSatisfy(image -> assertThat(image.getAttributeNS("http://www.w3.org/1999/xlink", "href"))
                        .startsWith("data:image/png;base64,"));
        assertThat(svg).hasSizeLessThan(1_000_000);
    }

    @Test
    void drawsTextWithoutOutlines() throws Exception {
        Document plain = FigureReader.parse(FigureReader.svg(new Figure1("short", FIVE.columns())));
        Document wordy = FigureReader.parse(
                FigureReader.svg(new Figure1("a much longer caption with many glyphs", FIVE.columns())));

        assertThat(FigureReader.elements(wordy, "path"))
                .hasSameSizeAs(FigureReader.elements(plain, "path"))
                .noneMatch(path -> path.getAttribute("d").contains("Q"));
    }

    @Test
    void drawsOnePathPerCurve() throws Exception {
        List<Element> coordinates = FigureReader.elements(FigureReader.parse(FigureReader.svg(FIVE)), "path").stream()
                .filter(path -> path.getAttribute("d").split("L", -1).length == 256)
                .toList();

        assertThat(coordinates).hasSize(5);
    }

    @Test
    void drawsEqualDataEqually() {
        Figure1 again = SyntheticFigures.figure1(256);

        assertThat(FigureReader.svg(again)).isEqualTo(FigureReader.svg(FIVE));
        assertThat(FigureReader.png(again)).isEqualTo(FigureReader.png(FIVE));
    }

    @Test
    void drawsOtherDataDifferently() throws Exception {
        var one = new Figure1("", List.of(column("g", SyntheticFigures.brownNoise(64, 1))));
        var other = new Figure1("", List.of(column("g", SyntheticFigures.brownNoise(64, 2))));
        Rectangle curve = new Figure1Layout(one).curveArea(0);
        BufferedImage picture = FigureReader.crop(FigureReader.image(FigureReader.png(one)), curve);

        assertThat(FigureReader.svg(other)).isNotEqualTo(FigureReader.svg(one));
        assertThat(FigureReader.png(other)).isNotEqualTo(FigureReader.png(one));
        assertThat(FigureReader.shows(picture, Palette.CURVE)).isTrue();
    }

    @Test
    void drawsFirstInputAtBottomLeft() throws Exception {
        var gradient = new double[16];
        gradient[3] = 1;
        var figure = new Figure1("", List.of(column("a spike", gradient)));
        BufferedImage map = FigureReader.crop(
                FigureReader.image(FigureReader.png(figure)), new Figure1Layout(figure).heatMapArea(0));
        double cell = map.getWidth() / 16.0;
        var spike = (int) (3.5 * cell);
        var elsewhere = (int) (10.5 * cell);
        int spikeFromTop = map.getHeight() - spike;

        // |z| is 3.9 at the spike and 0.26 elsewhere. The products are 15 (clipped to 2), 1 and 0.07.
        assertThat(map.getRGB(spike, spikeFromTop)).isEqualTo(Palette.viridis(1).getRGB());
        assertThat(FigureReader.luminance(map.getRGB(spike, spikeFromTop)))
                .isGreaterThan(FigureReader.luminance(map.getRGB(elsewhere, spikeFromTop)) + 30);
        assertThat(FigureReader.luminance(map.getRGB(elsewhere, spikeFromTop)))
                .isGreaterThan(FigureReader.luminance(map.getRGB(elsewhere, elsewhere)) + 30);
        assertThat(map.getRGB(spike, elsewhere)).isEqualTo(map.getRGB(elsewhere, spikeFromTop));
    }

    @Test
    void ignoresScaleOfGradient() {
        BufferedImage small = HeatMap.outerProduct(new double[] {1, 2, -4});
        BufferedImage huge = HeatMap.outerProduct(new double[] {1e300, 2e300, -4e300});

        assertThat(small).isNotNull();
        assertThat(huge).isNotNull();
        assertThat(huge.getRGB(0, 0, huge.getWidth(), huge.getHeight(), null, 0, huge.getWidth()))
                .isEqualTo(small.getRGB(0, 0, small.getWidth(), small.getHeight(), null, 0, small.getWidth()));
    }

    @Test
    void labelsConstantGradient() throws Exception {
        var figure = new Figure1("", List.of(column("linear", new double[] {0.7, 0.7, 0.7})));
        Document document = FigureReader.parse(FigureReader.svg(figure));

        assertThat(FigureReader.texts(document)).contains("constant gradient");
        assertThat(FigureReader.elements(document, "image")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 372", "2, 704", "3, 1000", "5, 1000", "6, 1000", "64, 1000"})
    void wrapsColumnsIntoRows(int count, int width) throws Exception {
        var figure = new Figure1("", Collections.nCopies(count, column("g", new double[] {1, 2, 4})));
        var layout = new Figure1Layout(figure);
        Rectangle last = layout.heatMapArea(count - 1);
        BufferedImage image = FigureReader.image(FigureReader.png(figure));

        assertThat(layout.width()).isBetween(width - 8, width);
        assertThat(last.x + last.width).isLessThan(layout.width());
        assertThat(last.y + last.height).isLessThan(layout.height());
        assertThat(image.getWidth()).isEqualTo(2 * layout.width());
        assertThat(image.getHeight()).isEqualTo(2 * layout.height());
    }

    @Test
    void limitsSizeOfLargeHeatMaps() {
        var figure = new Figure1("", List.of(column("g", SyntheticFigures.whiteNoise(3000, 5, 1))));

        assertThat(FigureReader.svg(figure)).hasSizeLessThan(300_000);
    }

    @Test
    void replacesCharactersThatXmlForbids() throws Exception {
        var figure = new Figure1("a\u0000b\uD800c", List.of(column("<b>&\"\u0007 \uFFFF", new double[] {1, 2})));

        assertThat(FigureReader.texts(FigureReader.parse(FigureReader.svg(figure))))
                .contains("a b c", "<b>&\"");
    }

    @Test
    void rejectsInvalidData() {
        var x = new double[] {0, 1, 2};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Figure1("", List.of()))
                .withMessage("Figure 1 must have 1 to 64 columns, not 0.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Figure1.Column("net", x, new double[] {1, 2}))
                .withMessage("Column \"net\": x has 3 values, but gradient has 2 values.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Figure1.Column("net", x, new double[] {1, Double.NaN, 2}))
                .withMessage("Column \"net\": gradient[1] must be finite, but is NaN.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Figure1.Column("net", new double[] {1}, new double[] {1}))
                .withMessage("Column \"net\": must have at least 2 inputs, not 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Figure1.Column("net", new double[] {2, 1, 0}, x))
                .withMessage("Column \"net\": x must be ascending.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Figure1.Column("net", new double[] {0, 1, 4}, x))
                .withMessage("Column \"net\": x must be equally spaced, but is not at index 1.");
    }
}
