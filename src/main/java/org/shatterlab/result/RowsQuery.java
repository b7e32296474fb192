package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
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
     * A network of an experiment, whose rows are read.
     *
     * @param experiment the id of the experiment
     * @param network the number of the network in the experiment, from 0
     * @param label the label of the network
     */
    record NetworkSource(UUID experiment, int network, String label) {}

    /** A range of keys of one network, both ends included. */
    record KeyRange(NetworkSource source, RowKey from, RowKey to) {}

    /**
     * Returns a query for the cells' rows with the next keys, ordered by network, key and cell. All finished cells of a
     * network have the same keys. The first keys of each cell are therefore the first keys of the network.
     *
     * @param after the key that the requested keys come after; null to start at the first key
     * @param keys the number of keys to read of each network
     */
    static RowsQuery cellRows(List<NetworkSource> sources, ResultQuery query, @Nullable RowKey after, int keys) {
        List<Object> parameters = networkParameters(sources);
        String filter = filter(query, parameters);
        if (after != null) {
            filter += " and (statistic, depth, index) > (?, ?, ?)";
            parameters.addAll(List.of(after.statistic(), after.depth(), after.index()));
        }
        parameters.add(keys);
        return new RowsQuery("""
                select s.number - 1 as source, rows.*, l.ordinal
                from unnest(?::uuid[], ?) with ordinality s (experiment_id, network, number)
                join experiment_cell l using (experiment_id, network)
                cross join lateral (
                    select statistic, depth, index, count, mean, m2, mean_denominator, m2_denominator, co_moment
                    from cell_row where fingerprint = l.fingerprint%s
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
            List<String> conditions = new ArrayList<>();
            for (DepthRange range : query.depths()) {
                conditions.add("depth between ? and ?");
                parameters.addAll(List.of(range.from(), range.to()));
            }
            filter.append(" and (").append(String.join(" or ", conditions)).append(")");
        }
        return filter.toString();
    }
}
