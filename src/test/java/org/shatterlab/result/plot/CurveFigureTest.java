package org.shatterlab.result.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.shatterlab.result.plot.SyntheticFigures.curve;
import static org.shatterlab.result.plot.SyntheticFigures.panel;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurveFigureTest {

    private static final CurveFigure FOUR = SyntheticFigures.figure2();

    @Test
    void namesItsPanelsAxesCurvesAndOrigin() throws Exception {
        var document = FigureReader.parse(Rendering.svg(FOUR));

        assertThat(FigureReader.texts(document))
                .contains("Feedforward", "Resnet, batch norm, β = 1", "Resnet, batch norm, β = 0.1", "Noise")
                .contains("autocorrelation (dimensionless)", "lag (grid steps)", SyntheticFigures.CAPTION)
                .containsOnlyOnce("depth 2", "depth 4", "depth 10", "depth 24", "depth 50")
                .containsOnlyOnce("white noise", "brown noise", "± 1 standard error")
                .contains("−0.2", "0", "1", "14");
        assertThat(document.getDocumentElement().getAttribute("viewBox"))
                .isEqualTo("0 0 1000 " + new CurveLayout(FOUR).height());
        assertThat(Rendering.svg(FOUR).getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(500_000);
    }

    @Test
    void drawsTextAsTextAndNotAsOutlines() throws Exception {
        var plain = FigureReader.parse(Rendering.svg(CurveFigure.of("short", FOUR.panels())));
        var wordy = FigureReader.parse(
                Rendering.svg(CurveFigure.of("a much longer caption with many glyphs", FOUR.panels())));

        assertThat(FigureReader.elements(wordy, "path"))
                .hasSameSizeAs(FigureReader.elements(plain, "path"))
                .noneMatch(path -> path.getAttribute("d").contains("Q"));
        assertThat(FigureReader.elements(plain, "image")).isEmpty();
    }

    @Test
    void isTheSameForTheSameDataAndAnotherForOtherData() {
        var again = SyntheticFigures.figure2();
        var other = CurveFigure.of(FOUR.caption(), List.of(panel("Feedforward", List.of(curve("depth 2", 5)))));

        assertThat(Rendering.svg(again)).isEqualTo(Rendering.svg(FOUR));
        assertThat(Rendering.png(again)).isEqualTo(Rendering.png(FOUR));
        assertThat(Rendering.png(other)).isNotEqualTo(Rendering.png(FOUR));
    }

    @Test
    void paintsDeeperCurvesLighterAndNoiseInItsOwnColours() {
        var colours = CurveColours.of(CurveFigure.of(
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
        var sheet = new CurveLayout(FOUR);
        var image = FigureReader.image(Rendering.png(FOUR));
        var feedforward = FigureReader.part(image, sheet.area(0));
        var noise = FigureReader.part(image, sheet.area(3));

        assertThat(FigureReader.shows(feedforward, Palette.viridis(0))).isTrue();
        assertThat(FigureReader.shows(feedforward, Palette.BROWN_NOISE)).isFalse();
        assertThat(FigureReader.shows(noise, Palette.BROWN_NOISE)).isTrue();
        assertThat(FigureReader.shows(noise, Palette.WHITE_NOISE)).isTrue();
        assertThat(FigureReader.shows(noise, Palette.viridis(0))).isFalse();
    }

    @Test
    void extendsTheRangeToDataBeyondIt() throws Exception {
        var low = curve("depth 2", new double[] {1, -0.9}, new double[] {0.2, 0.05});
        var figure = CurveFigure.of("", List.of(panel("net", List.of(low))));

        assertThat(FigureReader.texts(FigureReader.parse(Rendering.svg(figure))))
                .contains("−0.8", "1.2");
    }

    @Test
    void drawsNoBandsWhereNoErrorsAreKnown() throws Exception {
        var single = curve("depth 2", new double[] {1, 0.5, 0.2}, new double[0]);
        var figure = CurveFigure.of("", List.of(panel("net", List.of(single))));

        assertThat(FigureReader.texts(FigureReader.parse(Rendering.svg(figure))))
                .contains("depth 2")
                .doesNotContain("± 1 standard error");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 64})
    void wrapsPanelsIntoRows(int count) throws Exception {
        var figure = CurveFigure.of("", Collections.nCopies(count, FOUR.panels().getFirst()));
        var sheet = new CurveLayout(figure);
        var last = sheet.area(count - 1);
        var image = FigureReader.image(Rendering.png(figure));

        assertThat(sheet.width()).isLessThanOrEqualTo(1000);
        assertThat(last.x + last.width).isLessThan(sheet.width());
        assertThat(last.y + last.height).isLessThan(sheet.height());
        assertThat(image.getWidth()).isEqualTo(2 * sheet.width());
        assertThat(image.getHeight()).isEqualTo(2 * sheet.height());
    }

    @Test
    void refusesDataItCannotDraw() {
        var one = new double[] {1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CurveFigure.of("", List.of()))
                .withMessage("a figure has 1 to 64 panels, not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> panel("net", List.of()))
                .withMessage("panel \"net\" has no curves");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> panel("net", List.of(curve("depth 2", 1), curve("depth 2", 2))))
                .withMessage("panel \"net\" has two curves labelled \"depth 2\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", new double[0], new double[0]))
                .withMessage("curve \"depth 2\": has no points");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", new double[] {1, 0.5}, one))
                .withMessage("curve \"depth 2\": 2 values but 1 standard errors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", one, new double[] {Double.POSITIVE_INFINITY}))
                .withMessage("curve \"depth 2\": standardError[0] is Infinity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve("depth 2", one, new double[] {-0.1}))
                .withMessage("curve \"depth 2\": negative standard error -0.1");
    }

    @Test
    void drawsPredictionsDashedBesideWhatWasMeasuredOnDecades() throws Exception {
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
        var svg = Rendering.svg(new CurveFigure("", 1, List.of(panel)));

        assertThat(FigureReader.texts(FigureReader.parse(svg)))
                .contains("paper", "measured", "gradient variance", "10⁴", "10⁶");
        assertThat(svg).contains("stroke-dasharray");
    }

    @Test
    void panelsWithEqualAxesShareTheirRange() throws Exception {
        var high = SyntheticFigures.panel("high", List.of(curve("depth 2", new double[] {9, 0}, new double[0])));
        var low = SyntheticFigures.panel("low", List.of(curve("depth 2", new double[] {1, 0}, new double[0])));
        var texts = FigureReader.texts(FigureReader.parse(Rendering.svg(CurveFigure.of("", List.of(high, low)))));

        assertThat(texts.stream().filter("8"::equals)).hasSize(2);
    }
}
