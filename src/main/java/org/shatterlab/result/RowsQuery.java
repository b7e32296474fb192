package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultQuery.RowKey;

/** Asks for what is stored of some networks. */
record RowsQuery(String sql, List<Object> parameters) {

    /** What rows are of: a network, by its number and its label, of an experiment. */
    record Source(UUID experiment, int network, String label) {}

    /** From a key of a network to a key of it, both included. */
    record Span(Source source, RowKey from, RowKey to) {}

    /**
     * What the cells of some networks have of the next keys, in the order of the networks, the keys and the cells. All that are
     * done have the same keys, so that the first of each are the first of all.
     *
     * @param after the key that those wanted come after; null for the first
     * @param keys how many of each network
     */
    static RowsQuery parts(List<Source> sources, ResultQuery query, @Nullable RowKey after, int keys) {
        List<Object> parameters = addresses(sources);
        String wanted = wanted(query, parameters);
        if (after != null) {
            wanted += " and (statistic, depth, index) > (?, ?, ?)";
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
                order by source, statistic, depth, index, ordinal""".formatted(wanted), parameters);
    }

    /** The predictions for keys of some networks, in no order. */
    static RowsQuery predictions(List<Span> spans, ResultQuery query) {
        List<Object> parameters = addresses(spans.stream().map(Span::source).toList());
        for (Function<Span, RowKey> end : List.<Function<Span, RowKey>>of(Span::from, Span::to)) {
            RowKey[] keys = spans.stream().map(end).toArray(RowKey[]::new);
            parameters.add(Arrays.stream(keys).map(RowKey::statistic).toArray(String[]::new));
            parameters.add(Arrays.stream(keys).map(RowKey::depth).toArray(Integer[]::new));
            parameters.add(Arrays.stream(keys).map(RowKey::index).toArray(Integer[]::new));
        }
        String wanted = wanted(query, parameters);
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
                      and (statistic, depth, index) <= (to_statistic, to_depth, to_index)%s) p""".formatted(wanted), parameters);
    }

    private static List<Object> addresses(List<Source> sources) {
        return new ArrayList<>(List.of(
                sources.stream().map(source -> source.experiment().toString()).toArray(String[]::new),
                sources.stream().map(Source::network).toArray(Integer[]::new)));
    }

    private static String wanted(ResultQuery query, List<Object> parameters) {
        StringBuilder wanted = new StringBuilder();
        if (!query.statistics().isEmpty()) {
            wanted.append(" and statistic = any (?)");
            parameters.add(query.statistics().toArray(String[]::new));
        }
        if (!query.depths().isEmpty()) {
            List<String> ranges = new ArrayList<>();
            for (DepthRange range : query.depths()) {
                ranges.add("depth between ? and ?");
                parameters.addAll(List.of(range.from(), range.to()));
            }
            wanted.append(" and (").append(String.join(" or ", ranges)).append(")");
        }
        return wanted.toString();
    }
}
