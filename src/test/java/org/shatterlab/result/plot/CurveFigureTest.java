package org.shatterlab.result.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.shatterlab.result.plot.SyntheticFigures.curve;
import static org.shatterlab.result.plot.SyntheticFigures.panel;

import java.awt.Color;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

class CurveFigureTest {

    private static final CurveFigure FOUR = SyntheticFigures.figure2();

    @Test
    void labelsPanelsAxesCurvesAndOrigin() throws Exception {
        Document document = FigureReader.parse(FigureReader.svg(FOUR));

        assertThat(FigureReader.texts(document))
                .contains("Feedforward", "Resnet, batch norm, β = 1", "Resnet, batch norm, β = 0.1", "Noise")
                .contains("autocorrelation (dimensionless)", "lag (grid steps)", SyntheticFigures.CAPTION)
                .containsOnlyOnce("depth 2", "depth 4", "depth 10", "depth 24", "depth 50")
                .containsOnlyOnce("white noise", "brown noise", "± 1 standard error")
                .contains("−0.2", "0", "1", "14");
        assertThat(document.getDocumentElement().getAttribute("viewBox"))
                .isEqualTo("0 0 1000 " + new CurveLayout(FOUR).height());
        assertThat(FigureReader.svg(FOUR)).hasSizeLessThan(500_000);
    }

    @Test
    void drawsTextWithoutOutlines() throws Exception {
        Document plain = FigureReader.parse(FigureReader.svg(CurveFigure.of("short", FOUR.panels())));
        Document wordy = FigureReader.parse(
                FigureReader.svg(CurveFigure.of("a much longer caption with many glyphs", FOUR.panels())));

        assertThat(FigureReader.elements(wordy, "path"))
                .hasSameSizeAs(FigureReader.elements(plain, "path"))
                .noneMatch(path -> path.getAttribute("d").contains("Q"));
        assertThat(FigureReader.elements(plain, "image")).isEmpty();
    }

    @Test
    void drawsOnlyEqualDataEqually() {
        CurveFigure again = SyntheticFigures.figure2();
        var other = CurveFigure.of(FOUR.caption(), List.of(panel("Feedforward", List.of(curve("depth 2", 5)))));

        assertThat(FigureReader.svg(again)).isEqualTo(FigureReader.svg(FOUR));
        assertThat(FigureReader.png(again)).isEqualTo(FigureReader.png(FOUR));
        assertThat(FigureReader.png(other)).isNotEqualTo(FigureReader.png(FOUR));
    }

    @Test
    void coloursCurvesByDepthOrNoise() {
        Map<String, Color> colours = CurveColours.of(CurveFigure.of(
                "",
                List.of(
                        panel("n", List.of(curve("brown noise", 1), curve("White noise", 1))),
                        panel("a", List.of(curve("depth 10", 1), curve("depth 2", 1))),
                        panel("b", List.of(curve("depth 4", 1), curve("depth 10", 1))))));

        assertThat(colours.keySet()).containsExactly("depth 2", "depth 4", "depth 10", "brown noise", "White noise");
        assertThat(colours.values().stream().limit(3))
                .extracting(colour -> FigureReader.luminance(colour.getRGB()))
                .isSorted();
        assertThat(colours)
                .containsEntry("brown noise", Palette.BROWN_NOISE)
                .containsEntry("White noise", Palette.WHITE_NOISE);
    }

    @Test
    void drawsEachCurveInItsPanel() throws Exception {
        var layout = new CurveLayout(FOUR);
        BufferedImage image = FigureReader.image(FigureReader.png(FOUR));
        BufferedImage feedforward = FigureReader.crop(image, layout.area(0));
        BufferedImage noise = FigureReader.crop(image, layout.area(3));

        assertThat(FigureReader.shows(feedforward, Palette.viridis(0))).isTrue();
        assertThat(FigureReader.shows(feedforward, Palette.BROWN_NOISE)).isFalse();
        assertThat(FigureReader.shows(noise, Palette.BROWN_NOISE)).isTrue();
        assertThat(FigureReader.shows(noise, Palette.WHITE_NOISE)).isTrue();
        assertThat(FigureReader.shows(noise, Palette.viridis(0))).isFalse();
    }

    @Test
    void extendsRangeToData() throws Exception {
        CurveFigure.Curve low = curve("depth 2", new double[] {1, -0.9}, new double[] {0.2, 0.05});
        var figure = CurveFigure.of("", List.of(panel("net", List.of(low))));

        assertThat(FigureReader.texts(FigureReader.parse(FigureReader.svg(figure))))
                .contains("−0.8", "1.2");
    }

    @Test
    void omitsBandsWithoutErrors() throws Exception {
        CurveFigure.Curve single = curve("depth 2", new double[] {1, 0.5, 0.2}, new double[0]);
        var figure = CurveFigure.of("", List.of(panel("net", List.of(single))));

        assertThat(FigureReader.texts(FigureReader.parse(FigureReader.svg(figure))))
                .contains("depth 2")
                .doesNotContain("± 1 standard error");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 64})
    void wrapsPanelsIntoRows(int count) throws Exception {
        var figure = CurveFigure.of("", Collections.nCopies(count, FOUR.panels().getFirst()));
        var layout = new CurveLayout(figure);
        Rectangle last = layout.area(count - 1);
        BufferedImage image = FigureReader.image(FigureReader.png(figure));

        assertThat(layout.width()).isLessThanOrEqualTo(1000);
        assertThat(last.x + last.width).isLessThan(layout.width());
        assertThat(last.y + last.height).isLessThan(layout.height());
        assertThat(image.getWidth()).isEqualTo(2 * layout.width());
        assertThat(image.getHeight()).isEqualTo(2 * layout.height());
    }

    @Test
    void rejectsInvalidData() {
        var one = new double[] {1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CurveFigure.of("", List.of()))
                .withMessage("A figure must have 1 to 64 panels, not 0.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> panel("net", List.of()))
                .withMessage("Panel \"net\" must have at least one curve.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> panel("net", List.of(curve("depth 2", 1), curve("depth 2", 2))))
                .withMessage("Panel \"net\" must not have two curves labelled \"depth 2\".");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", new double[0], new double[0]))
                .withMessage("Curve \"depth 2\": must have at least one point.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", new double[] {1, 0.5}, one))
                .withMessage("Curve \"depth 2\": y has 2 values, but standardError has 1 values.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", one, new double[] {Double.POSITIVE_INFINITY}))
                .withMessage("Curve \"depth 2\": standardError[0] must be finite, but is Infinity.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", one, new double[] {-0.1}))
                .withMessage("Curve \"depth 2\": standardError must not be negative, but is -0.1.");
    }

    @Test
    void drawsDashedPredictionsOnLogarithmicAxis() throws Exception {
        var depths = new double[] {1, 10, 20};
        var axis = CurveFigure.Axis.logarithmic("gradient variance");
        var panel = new CurveFigure.Panel(
                "resnet",
                CurveFigure.Axis.linear("depth", 0, 1),
                axis,
                List.of(
                        new CurveFigure.Curve(
                                CurveFigure.PAPER, false, depths, new double[] {2, 1024, 1048576}, new double[0]),
                        new CurveFigure.Curve(
                                CurveFigure.MEASURED, true, depths, new double[] {2.1, 1000, 0}, new double[] {
                                    0.1, 20, 0
                                })));
        byte[] svg = FigureReader.svg(new CurveFigure("", 1, List.of(panel)));

        assertThat(FigureReader.texts(FigureReader.parse(svg)))
                .contains("paper", "measured", "gradient variance", "10⁴", "10⁶");
        assertThat(new String(svg, StandardCharsets.UTF_8)).contains("stroke-dasharray");
    }

    @Test
    void sharesRangeBetweenEqualAxes() throws Exception {
        CurveFigure.Panel high =
                SyntheticFigures.panel("high", List.of(curve("depth 2", new double[] {9, 0}, new double[0])));
        CurveFigure.Panel low =
                SyntheticFigures.panel("low", List.of(curve("depth 2", new double[] {1, 0}, new double[0])));
        List<String> texts =
                FigureReader.texts(FigureReader.parse(FigureReader.svg(CurveFigure.of("", List.of(high, low)))));

        assertThat(texts.stream().filter("8"::equals)).hasSize(2);
    }
}
