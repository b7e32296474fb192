package org.shatterlab.result.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Rectangle;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Figure5Test {

    private static Figure5Layout layout(int covariances) {
        var rank = new CurveFigure.Panel(
                "rank",
                CurveFigure.Axis.linear("depth", 0, 1),
                CurveFigure.Axis.linear("rank", 0, 1),
                List.of(new CurveFigure.Curve(
                        "resnet", true, new double[] {2, 50}, new double[] {0.1, 0.3}, new double[0])));
        return new Figure5Layout(new Figure5(
                "caption",
                IntStream.range(0, covariances)
                        .mapToObj(i -> new Figure5.Covariance("network " + i, new double[] {1, 0.5, 0.5, 1}))
                        .toList(),
                rank));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "4, 4", "5, 3", "6, 3", "8, 4"})
    void arrangesHeatMapsInEvenRows(int covariances, int perRow) {
        Figure5Layout layout = layout(covariances);
        List<Rectangle> areas =
                IntStream.range(0, covariances).mapToObj(layout::area).toList();
        assertThat(areas).filteredOn(area -> area.y == areas.getFirst().y).hasSize(perRow);
        assertThat(areas).allSatisfy(area -> {
            assertThat(new Rectangle(layout.width(), layout.height()).contains(area))
                    .isTrue();
            assertThat(areas).filteredOn(area::intersects).containsExactly(area);
        });
    }
}
