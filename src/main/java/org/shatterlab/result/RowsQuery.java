package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultQuery.RowKey;

/**
 * An SQL query for the stored rows or predictions of networks.
 *
 * @param sql the statement, with a {@code ?} for each parameter
 * @param parameters the values of the parameters in their order
 */
record RowsQuery(String sql, List<Object> parameters) {

    /**
     * The ranges of depths that are searched in the index one by one. PostgreSQL compares a row with more ranges by a
     * single condition, because the costs of many conditions add up for each row.
     */
    private static final int MAX_INDEXED_RANGES = 16;

    /**
     * A network of an experiment, whose rows are read: the merged rows of its first cells, and the rows of later cells.
     *
     * @param experiment the id of the experiment
     * @param network the number of the network in the experiment, from 0
     * @param label the label of the network
     * @param mergedTo the ordinal of the last cell whose rows are merged; {@link #NOTHING_MERGED} if there is none
     * @param lastCell the ordinal of the last cell to read
     */
    record NetworkSource(UUID experiment, int network, String label, int mergedTo, int lastCell) {

        static final int NOTHING_MERGED = -1;

        /** Returns a network with all of its cells. */
        static NetworkSource of(UUID experiment, int network, String label, int mergedTo) {
            return new NetworkSource(experiment, network, label, mergedTo, Integer.MAX_VALUE);
        }
    }

    /** A range of keys of one network, both ends included. */
    record KeyRange(NetworkSource source, RowKey from, RowKey to) {}

    /**
     * Returns a query for the rows with the next keys, ordered by network, key and cell. The merged row of the first cells
     * comes before the rows of later cells. All finished cells of a network have the same keys. The first keys of each
     * cell are therefore the first keys of the network.
     *
     * @param after the key that the requested keys come after; null to start at the first key
     * @param keys the number of keys to read of each network
     */
    static RowsQuery cellRows(List<NetworkSource> sources, ResultQuery query, @Nullable RowKey after, int keys) {
        List<Object> parameters = networkParameters(sources);
        parameters.add(sources.stream().map(NetworkSource::mergedTo).toArray(Integer[]::new));
        parameters.add(sources.stream().map(NetworkSource::lastCell).toArray(Integer[]::new));
        List<Object> keyParameters = new ArrayList<>();
        String filter = filter(query, keyParameters);
        if (after != null) {
            filter += " and (statistic, depth, index) > (?, ?, ?)";
            keyParameters.addAll(List.of(after.statistic(), after.depth(), after.index()));
        }
        keyParameters.add(keys);
        parameters.addAll(keyParameters);
        parameters.addAll(keyParameters);
        return new RowsQuery("""
                with s as materialized (
                    select * from unnest(?::uuid[], ?, ?, ?) with ordinality
                        s (experiment_id, network, merged_to, last_cell, number))
                select s.number - 1 as source, rows.*, l.ordinal
                from s
                join experiment_cell l on l.experiment_id = s.experiment_id and l.network = s.network
                    and l.ordinal > s.merged_to and l.ordinal <= s.last_cell
                cross join lateral (
                    select statistic, depth, index, count, mean, m2, mean_denominator, m2_denominator, co_moment
                    from cell_row where fingerprint = l.fingerprint%1$s
                    order by statistic, depth, index limit ?) rows
                union all
                select s.number - 1, rows.*, s.merged_to
                from s
                cross join lateral (
                    select statistic, depth, index, count, mean, m2, mean_denominator, m2_denominator, co_moment
                    from merged_row where experiment_id = s.experiment_id and network = s.network and s.merged_to >= 0%1$s
                    order by statistic, depth, index limit ?) rows
                order by source, statistic, depth, index, ordinal""".formatted(filter), parameters);
    }

    /** Returns a query for the predictions in ranges of keys, in no particular order. */
    static RowsQuery predictions(List<KeyRange> ranges, ResultQuery query) {
        List<Object> parameters =
                networkParameters(ranges.stream().map(KeyRange::source).toList());
        for (Function<KeyRange, RowKey> end : List.<Function<KeyRange, RowKey>>of(KeyRange::from, KeyRange::to)) {
            RowKey[] keys = ranges.stream().map(end).toArray(RowKey[]::new);
            parameters.add(Arrays.stream(keys).map(RowKey::statistic).toArray(String[]::new));
            parameters.add(Arrays.stream(keys).map(RowKey::depth).toArray(Integer[]::new));
            parameters.add(Arrays.stream(keys).map(RowKey::index).toArray(Integer[]::new));
        }
        String filter = filter(query, parameters);
        return new RowsQuery("""
                select s.number - 1 as source, p.*
                from unnest(?::uuid[], ?, ?, ?, ?, ?, ?, ?) with ordinality s (experiment_id, network,
                    from_statistic, from_depth, from_index, to_statistic, to_depth, to_index, number)
                cross join lateral (
                    select statistic, depth, index, paper, derived, infinite_width, note from prediction
                    where subject = (
                        select c.subject from experiment_cell l join cell c using (fingerprint)
                        where l.experiment_id = s.experiment_id and l.network = s.network limit 1)
                      and (statistic, depth, index) >= (from_statistic, from_depth, from_index)
                      and (statistic, depth, index) <= (to_statistic, to_depth, to_index)%s) p""".formatted(filter), parameters);
    }

    private static List<Object> networkParameters(List<NetworkSource> sources) {
        return new ArrayList<>(List.of(
                sources.stream().map(source -> source.experiment().toString()).toArray(String[]::new),
                sources.stream().map(NetworkSource::network).toArray(Integer[]::new)));
    }

    private static String filter(ResultQuery query, List<Object> parameters) {
        StringBuilder filter = new StringBuilder();
        if (!query.statistics().isEmpty()) {
            filter.append(" and statistic = any (?)");
            parameters.add(query.statistics().toArray(String[]::new));
        }
        if (!query.depths().isEmpty()) {
            List<DepthRange> ranges = disjoint(query.depths());
            if (ranges.size() <= MAX_INDEXED_RANGES) {
                filter.append(ranges.stream()
                        .map(_ -> "depth between ? and ?")
                        .collect(Collectors.joining(" or ", " and (", ")")));
                ranges.forEach(range -> parameters.addAll(List.of(range.from(), range.to())));
            } else {
                // PostgreSQL reads the text once, because the text is in a subquery.
                filter.append(" and depth between ? and ? and depth <@ (select ?::int4multirange)");
                parameters.add(ranges.getFirst().from());
                parameters.add(ranges.getLast().to());
                parameters.add(ranges.stream()
                        .map(range -> "[" + range.from() + "," + range.to() + "]")
                        .collect(Collectors.joining(",", "{", "}")));
            }
        }
        return filter.toString();
    }

    /** Returns the ranges in their order, without overlaps and without neighbours. */
    private static List<DepthRange> disjoint(List<DepthRange> ranges) {
        List<DepthRange> disjoint = new ArrayList<>();
        for (DepthRange range : ranges.stream()
                .sorted(Comparator.comparingInt(DepthRange::from))
                .toList()) {
            if (!disjoint.isEmpty() && range.from() <= disjoint.getLast().to() + 1) {
                DepthRange last = disjoint.removeLast();
                disjoint.add(new DepthRange(last.from(), Math.max(last.to(), range.to())));
            } else {
                disjoint.add(range);
            }
        }
        return disjoint;
    }
}
