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
 * The rows of one statistic of two networks, side by side. They match where depth and index are the same; noise, which has
 * no depth, matches every depth of a network.
 *
 * @param items the rows that match
 * @param unmatched the rows that do not
 */
public record Comparison(List<Item> items, Unmatched unmatched) {

    private static final String ONE_RUN = "A single run has no standard error, so that there is no test.";
    private static final String NO_VARIATION = "Neither side varies between its runs, so that there is no test.";

    /** Where a row stands: at a depth L (null for noise) and an index (null for a statistic with a single value). */
    public record Place(@Nullable Integer depth, @Nullable Integer index) {}

    /** The places of the rows that only one of the networks has. */
    public record Unmatched(List<Place> left, List<Place> right) {}

    /**
     * What one of the networks has in a row.
     *
     * @param standardError of the mean; null for fewer than two runs
     */
    public record Side(double mean, @Nullable Double standardError, long runs) {

        private static Side of(ResultRow row) {
            return new Side(row.mean(), row.standardError(), row.runs());
        }
    }

    /**
     * One row of both networks; what the test says is null where there is none.
     *
     * @param difference left minus right
     * @param standardError of the difference
     * @param lower where its confidence interval begins
     * @param upper where it ends
     * @param pValue of no difference, by {@link Welch}
     * @param adjustedPValue the same, corrected by {@link Holm} for all rows that are tested
     * @param different whether the corrected p-value is below 1 - level
     * @param note why there is no test
     */
    public record Item(
            @Nullable Integer depth,
            @Nullable Integer index,
            Side left,
            Side right,
            double difference,
            @Nullable Double standardError,
            @Nullable Double lower,
            @Nullable Double upper,
            @Nullable Double pValue,
            @Nullable Double adjustedPValue,
            @Nullable Boolean different,
            @Nullable String note) {

        private static Item of(Place place, Side left, Side right, double level) {
            double difference = left.mean() - right.mean();
            if (left.standardError() == null || right.standardError() == null) {
                return untested(place, left, right, difference, ONE_RUN);
            }
            if (left.standardError() == 0 && right.standardError() == 0) {
                return untested(place, left, right, difference, NO_VARIATION);
            }
            Welch test = Welch.test(
                    difference,
                    new Welch.Sample(left.standardError(), left.runs()),
                    new Welch.Sample(right.standardError(), right.runs()),
                    level);
            return new Item(
                    place.depth(),
                    place.index(),
                    left,
                    right,
                    difference,
                    test.standardError(),
                    test.lower(),
                    test.upper(),
                    test.pValue(),
                    null,
                    null,
                    null);
        }

        private static Item untested(Place place, Side left, Side right, double difference, String note) {
            return new Item(
                    place.depth(), place.index(), left, right, difference, null, null, null, null, null, null, note);
        }

        private Item adjusted(double corrected, double level) {
            return new Item(
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
     * Compares independent rows.
     *
     * @param left of one statistic of one network
     * @param right of the same statistic of the other
     * @param level the confidence, between 0 and 1
     */
    public static Comparison of(List<ResultRow> left, List<ResultRow> right, double level) {
        Map<Place, Side> lefts = places(left, right);
        Map<Place, Side> rights = places(right, left);
        List<Item> items = new ArrayList<>();
        lefts.forEach((place, side) -> {
            Side other = rights.get(place);
            if (other != null) {
                items.add(Item.of(place, side, other, level));
            }
        });
        double[] pValues = items.stream()
                .map(Item::pValue)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
        PrimitiveIterator.OfDouble corrected =
                Arrays.stream(Holm.adjust(pValues)).iterator();
        items.replaceAll(item -> item.pValue() == null ? item : item.adjusted(corrected.nextDouble(), level));
        return new Comparison(items, new Unmatched(missing(lefts, rights), missing(rights, lefts)));
    }

    /** The rows of a network by their places; those of noise stand at every depth of the other network. */
    private static Map<Place, Side> places(List<ResultRow> rows, List<ResultRow> others) {
        Map<Place, Side> places = new LinkedHashMap<>();
        if (isNoise(rows) && !others.isEmpty()) {
            Set<@Nullable Integer> depths = new LinkedHashSet<>();
            others.forEach(other -> depths.add(other.depth()));
            depths.forEach(depth -> rows.forEach(row -> places.put(new Place(depth, row.index()), Side.of(row))));
        } else {
            rows.forEach(row -> places.put(new Place(row.depth(), row.index()), Side.of(row)));
        }
        return places;
    }

    private static boolean isNoise(List<ResultRow> rows) {
        return !rows.isEmpty() && rows.getFirst().depth() == null;
    }

    private static List<Place> missing(Map<Place, Side> of, Map<Place, Side> in) {
        return of.keySet().stream().filter(place -> !in.containsKey(place)).toList();
    }
}
