package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaperFigureTest {

    private static ExperimentSpec lags(int depths) {
        return SpecBodies.read(IntStream.range(0, 64)
                .mapToObj("{'label': '%d', 'family': 'feedforward'}"::formatted)
                .collect(Collectors.joining(
                        ", ",
                        "{'networks': [",
                        String.format(
                                Locale.ROOT,
                                "], 'depths': {'from': 1, 'to': %d, 'step': 1}, 'statistics': ['autocorrelation'], 'runs': 1}",
                                depths))));
    }

    @Test
    void refusesFigureOfTooManyValues() {
        assertThat(PaperFigure.FIGURE_2.reasonNotDrawable(lags(16))).isEmpty();
        assertThat(PaperFigure.drawableFrom(lags(16))).contains(PaperFigure.FIGURE_2);
        ExperimentSpec large = lags(512);
        assertThat(PaperFigure.FIGURE_2.reasonNotDrawable(large).orElseThrow())
                .contains("524288 measured values", "at most 16384", "fewer networks, depths or points");
        assertThat(PaperFigure.drawableFrom(large)).doesNotContain(PaperFigure.FIGURE_2);
    }
}
