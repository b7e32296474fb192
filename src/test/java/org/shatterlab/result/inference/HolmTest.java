package org.shatterlab.result.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HolmTest {

    /** P-values, and the results of p.adjust(method = "holm") of R 4.2.2. */
    static Stream<Arguments> agreesWithR() {
        return Stream.of(
                Arguments.of(new double[] {0.01, 0.04, 0.03, 0.005, 0.2}, new double[] {0.04, 0.09, 0.09, 0.025, 0.2}),
                Arguments.of(
                        new double[] {0.5, 0.6, 0.0001, 0.0001, 0.7, 0.011, 0.02},
                        new double[] {1, 1, 0.0007, 0.0007, 1, 0.055, 0.08}),
                Arguments.of(new double[] {0.3}, new double[] {0.3}),
                Arguments.of(new double[0], new double[0]));
    }

    @ParameterizedTest
    @MethodSource
    void agreesWithR(double[] pValues, double[] adjusted) {
        assertThat(Holm.adjust(pValues)).containsExactly(adjusted, within(1e-15));
    }
}
