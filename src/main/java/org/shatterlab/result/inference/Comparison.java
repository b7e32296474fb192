package org.shatterlab.result.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PrimitiveIterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultRow;

/**
 * A comparison of two networks by the rows of one statistic. Two rows match if their depths and their indices are
 * equal. Noise has no depth, so a row of noise matches every depth of a network.
 *
 * @param items the rows that match
 * @param unmatched the positions of the rows that do not match
 */
public record Comparison(List<RowComparison> items, Unmatched unmatched) {

    private static final String ONE_RUN = "A single run has no standard error, so the test is not possible.";
    private static final String OUT_OF_RANGE =
            "A standard error is too large for a double-precision number, so the test is not possible.";
    private static final String END_OUT_OF_RANGE =
            "An end of the confidence interval is too large for a double-precision number.";
    private static final String NO_VARIATION = "Neither network varies between its runs, so the test is not possible.";

    /**
     * The position of a row.
     *
     * @param depth L; null for noise, which has no depth
     * @param index the index of the row; null for a statistic with a single value
     */
    public record RowPosition(
            @Nullable Integer depth, @Nullable Integer index) {}

    /** The positions of the rows that only one of the networks has. */
    public record Unmatched(List<RowPosition> left, List<RowPosition> right) {}

    /**
     * The value of one network in a row.
     *
     * @param mean the estimate
     * @param standardError the standard error of the mean; null for fewer than two runs
     * @param runs the number of runs
     */
    public record Measurement(double mean, @Nullable Double standardError, long runs) {

        private static Measurement of(ResultRow row) {
            return new Measurement(row.mean(), row.standardError(), row.runs());
        }
    }

    /**
     * A matching pair of rows with the result of its test. The fields of the test are null if the test is not possible.
     *
     * @param depth L; null if both rows are noise
     * @param index the index of the rows; null for a statistic with a single value
     * @param left the value of the left network
     * @param right the value of the right network
     * @param difference the left mean minus the right mean
     * @param standardError the standard error of the difference
     * @param lower the lower end of the confidence interval of the difference; null also if it is not finite
     * @param upper the upper end of the confidence interval of the difference; null also if it is not finite
     * @param pValue the p-value of the hypothesis that the means are equal, by {@link Welch}
     * @param adjustedPValue the p-value, corrected by {@link Holm} for the number of tested rows
     * @param different whether the corrected p-value is below 1 - level
     * @param note the reason why the test is not possible; or why an end of the interval is null
     */
    public record RowComparison(
            @Nullable Integer depth,
            @Nullable Integer index,
            Measurement left,
            Measurement right,
            double difference,
            @Nullable Double standardError,
            @Nullable Double lower,
            @Nullable Double upper,
            @Nullable Double pValue,
            @Nullable Double adjustedPValue,
            @Nullable Boolean different,
            @Nullable String note) {

        private static RowComparison of(RowPosition position, Measurement left, Measurement right, double level) {
            double difference = left.mean() - right.mean();
            if (left.standardError() == null || right.standardError() == null) {
                boolean isSingleRun = Math.min(left.runs(), right.runs()) < 2;
                return untested(position, left, right, difference, isSingleRun ? ONE_RUN : OUT_OF_RANGE);
            }
            if (left.standardError() == 0 && right.standardError() == 0) {
                return untested(position, left, right, difference, NO_VARIATION);
            }
            if (Double.isInfinite(Math.hypot(left.standardError(), right.standardError()))) {
                return untested(position, left, right, difference, OUT_OF_RANGE);
            }
            Welch test = Welch.test(
                    difference,
                    new Welch.Sample(left.standardError(), left.runs()),
                    new Welch.Sample(right.standardError(), right.runs()),
                    level);
            return new RowComparison(
                    position.depth(),
                    position.index(),
                    left,
                    right,
                    difference,
                    test.standardError(),
                    finite(test.lower()),
                    finite(test.upper()),
                    test.pValue(),
                    null,
                    null,
                    Double.isFinite(test.lower()) && Double.isFinite(test.upper()) ? null : END_OUT_OF_RANGE);
        }

        private static @Nullable Double finite(double end) {
            return Double.isFinite(end) ? end : null;
        }

        private static RowComparison untested(
                RowPosition position, Measurement left, Measurement right, double difference, String note) {
            return new RowComparison(
                    position.depth(),
                    position.index(),
                    left,
                    right,
                    difference,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    note);
        }

        private RowComparison adjusted(double corrected, double level) {
            return new RowComparison(
                    depth,
                    index,
                    left,
                    right,
                    difference,
                    standardError,
                    lower,
                    upper,
                    pValue,
                    corrected,
                    corrected < 1 - level,
                    note);
        }
    }

    /**
     * Compares the rows of two networks. The rows must be statistically independent.
     *
     * @param left the rows of one statistic of the left network
     * @param right the rows of the same statistic of the right network
     * @param level the confidence level, above 0 and below 1
     */
    public static Comparison of(List<ResultRow> left, List<ResultRow> right, double level) {
        Map<RowPosition, Measurement> leftByPosition = byPosition(left, right);
        Map<RowPosition, Measurement> rightByPosition = byPosition(right, left);
        List<RowComparison> items = new ArrayList<>();
        leftByPosition.forEach((position, measured) -> {
            Measurement other = rightByPosition.get(position);
            if (other != null) {
                items.add(RowComparison.of(position, measured, other, level));
            }
        });
        double[] pValues = items.stream()
                .map(RowComparison::pValue)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
        PrimitiveIterator.OfDouble corrected =
                Arrays.stream(Holm.adjust(pValues)).iterator();
        items.replaceAll(item -> item.pValue() == null ? item : item.adjusted(corrected.nextDouble(), level));
        return new Comparison(
                items,
                new Unmatched(unmatched(leftByPosition, rightByPosition), unmatched(rightByPosition, leftByPosition)));
    }

    /** Returns the rows of a network by their positions. Rows of noise take every depth of the other network. */
    private static Map<RowPosition, Measurement> byPosition(List<ResultRow> rows, List<ResultRow> others) {
        Map<RowPosition, Measurement> positions = new LinkedHashMap<>();
        if (isNoise(rows) && !others.isEmpty()) {
            Set<@Nullable Integer> depths = new LinkedHashSet<>();
            others.forEach(other -> depths.add(other.depth()));
            depths.forEach(depth ->
                    rows.forEach(row -> positions.put(new RowPosition(depth, row.index()), Measurement.of(row))));
        } else {
            rows.forEach(row -> positions.put(new RowPosition(row.depth(), row.index()), Measurement.of(row)));
        }
        return positions;
    }

    private static boolean isNoise(List<ResultRow> rows) {
        return !rows.isEmpty() && rows.getFirst().depth() == null;
    }

    private static List<RowPosition> unmatched(
            Map<RowPosition, Measurement> measured, Map<RowPosition, Measurement> others) {
        return measured.keySet().stream()
                .filter(position -> !others.containsKey(position))
                .toList();
    }
}
