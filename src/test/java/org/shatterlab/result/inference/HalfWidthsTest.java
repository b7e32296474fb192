package org.shatterlab.result.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.result.ResultRow;

class HalfWidthsTest {

    private static ResultRow row(@Nullable Double standardError, long runs) {
        return new ResultRow(
                "feedforward",
                2,
                "gradient-variance",
                null,
                1,
                null,
                standardError,
                runs,
                new ResultRow.Predicted(null, null, null, null));
    }

    /** The expected values are 97.5% quantiles of Student's t distribution from a printed table. */
    @ParameterizedTest
    @CsvSource({"2, 12.706", "5, 2.776", "20, 2.093", "121, 1.980", "100000, 1.960"})
    void multipliesStudentsQuantileByStandardError(long runs, double quantile) {
        HalfWidths halfWidths = new HalfWidths();
        assertThat(halfWidths.of(row(1.0, runs))).isCloseTo(quantile, within(5e-4));
        assertThat(halfWidths.of(row(0.01, runs))).isCloseTo(quantile / 100, within(5e-6));
        assertThat(halfWidths.of(row(0.0, runs))).isZero();
    }

    @Test
    void returnsNullForInfiniteHalfWidth() {
        assertThat(new HalfWidths().of(row(1.5e307, 2))).isNull();
        assertThat(new HalfWidths().of(row(1.5e307, 20))).isFinite();
    }

    @Test
    void returnsNullForSingleRun() {
        assertThat(new HalfWidths().of(row(null, 1))).isNull();
    }
}
