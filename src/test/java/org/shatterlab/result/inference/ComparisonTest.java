package org.shatterlab.result.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.inference.Comparison.RowComparison;
import org.shatterlab.result.inference.Comparison.RowPosition;

class ComparisonTest {

    private static ResultRow row(
            @Nullable Integer depth, @Nullable Integer index, double mean, @Nullable Double error) {
        return new ResultRow(
                "a network",
                depth,
                "a statistic",
                index,
                mean,
                null,
                error,
                error == null ? 1 : 10,
                new ResultRow.Predicted(null, null, null, null));
    }

    private static Stream<RowPosition> positions(Comparison comparison) {
        return comparison.items().stream().map(item -> new RowPosition(item.depth(), item.index()));
    }

    @Test
    void matchesRowsByDepthAndIndex() {
        Comparison comparison = Comparison.of(
                List.of(row(1, 0, 1, 0.1), row(1, 1, 2, 0.1), row(2, 0, 3, 0.1)),
                List.of(row(1, 1, 1.5, 0.1), row(2, 0, 3, 0.1), row(3, 0, 4, 0.1)),
                0.95);
        assertThat(positions(comparison)).containsExactly(new RowPosition(1, 1), new RowPosition(2, 0));
        assertThat(comparison.items()).extracting(RowComparison::difference).containsExactly(0.5, 0.0);
        assertThat(comparison.unmatched().left()).containsExactly(new RowPosition(1, 0));
        assertThat(comparison.unmatched().right()).containsExactly(new RowPosition(3, 0));
    }

    @Test
    void matchesNoiseWithEveryDepth() {
        List<ResultRow> noise = List.of(row(null, 0, 1, 0.1), row(null, 1, 0, 0.1));
        List<ResultRow> network = List.of(row(2, 0, 1, 0.1), row(2, 1, 2, 0.1), row(5, 0, 3, 0.1), row(5, 1, 3, 0.1));
        List<RowPosition> everywhere =
                List.of(new RowPosition(2, 0), new RowPosition(2, 1), new RowPosition(5, 0), new RowPosition(5, 1));
        assertThat(positions(Comparison.of(noise, network, 0.95))).isEqualTo(everywhere);
        assertThat(positions(Comparison.of(network, noise, 0.95))).isEqualTo(everywhere);
        assertThat(positions(Comparison.of(noise, noise, 0.95)))
                .containsExactly(new RowPosition(null, 0), new RowPosition(null, 1));
        assertThat(Comparison.of(noise, List.of(), 0.95).unmatched().left())
                .containsExactly(new RowPosition(null, 0), new RowPosition(null, 1));
    }

    @Test
    void explainsErrorsOutOfRange() {
        ResultRow tenRunsWithoutError = new ResultRow(
                "a network",
                1,
                "a statistic",
                0,
                1e300,
                null,
                null,
                10,
                new ResultRow.Predicted(null, null, null, null));
        Comparison comparison = Comparison.of(
                List.of(tenRunsWithoutError, row(1, 1, 1e308, 1.5e308), row(1, 2, 1.7e308, 5e307)),
                List.of(row(1, 0, 1, 0.1), row(1, 1, 1, 1.5e308), row(1, 2, 1, 1.0)),
                0.95);
        for (RowComparison untested : comparison.items().subList(0, 2)) {
            assertThat(untested.note()).contains("standard error is too large");
            assertThat(untested.pValue()).isNull();
        }
        RowComparison tested = comparison.items().getLast();
        assertThat(tested.pValue()).isBetween(0.001, 0.05);
        assertThat(tested.lower()).isFinite();
        assertThat(tested.upper()).isNull();
        assertThat(tested.note()).contains("end of the confidence interval");
    }

    @Test
    void leavesUntestableRowsUncorrected() {
        Comparison comparison = Comparison.of(
                List.of(row(1, 0, 1, 0.0), row(1, 1, 3, null), row(1, 2, 3, 1.0)),
                List.of(row(1, 0, 1, 0.0), row(1, 1, 2, 0.1), row(1, 2, 2, 1.0)),
                0.95);
        assertThat(comparison.items().subList(0, 2))
                .allSatisfy(item -> assertThat(item)
                        .extracting(
                                RowComparison::standardError,
                                RowComparison::lower,
                                RowComparison::upper,
                                RowComparison::pValue,
                                RowComparison::adjustedPValue,
                                RowComparison::different)
                        .containsOnlyNulls());
        assertThat(comparison.items()).extracting(RowComparison::difference).containsExactly(0.0, 1.0, 1.0);
        assertThat(comparison.items().get(0).note()).contains("varies");
        assertThat(comparison.items().get(1).note()).contains("single run");
        RowComparison tested = comparison.items().getLast();
        assertThat(tested.note()).isNull();
        assertThat(tested.adjustedPValue()).isEqualTo(tested.pValue()).isBetween(0.4, 0.6);
        assertThat(tested.different()).isFalse();
    }

    /**
     * A difference of 2.3 standard errors over ten runs has a p-value of 0.047. The difference is significant alone,
     * but not among a hundred tests.
     */
    @Test
    void requiresMoreEvidenceForMoreRows() {
        ResultRow far = row(1, null, 2.3, 1.0);
        ResultRow zero = row(1, null, 0, 0.0);
        assertThat(Comparison.of(List.of(far), List.of(zero), 0.95).items())
                .extracting(RowComparison::different)
                .containsExactly(true);
        List<ResultRow> lefts = Stream.iterate(1, depth -> depth + 1)
                .limit(100)
                .map(depth -> row(depth, null, depth == 1 ? 2.3 : 0, 1.0))
                .toList();
        List<ResultRow> rights =
                lefts.stream().map(left -> row(left.depth(), null, 0, 0.0)).toList();
        assertThat(Comparison.of(lefts, rights, 0.95).items())
                .extracting(RowComparison::different)
                .containsOnly(false);
    }
}
