package org.shatterlab.result;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultQuery.RowKey;

/**
 * What the cells of some networks have of the next keys. All that are done have the same keys, so that the first of each are
 * the first of all, and the same predictions, which are read once: others that the network has may lie between them.
 */
record PartsQuery(List<Source> sources, String sql, List<Object> parameters) {

    /** What rows are of: a network, by its number and its label, of an experiment. */
    record Source(UUID experiment, int network, String label) {}

    /**
     * Asks for parts.
     *
     * @param after the key that those wanted come after; null for the first
     * @param keys how many of each network
     */
    static PartsQuery of(List<Source> sources, ResultQuery query, @Nullable RowKey after, int keys) {
        StringBuilder wanted = new StringBuilder();
        List<Object> parameters = new ArrayList<>();
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
        if (after != null) {
            wanted.append(" and (statistic, depth, index) > (?, ?, ?)");
            parameters.addAll(List.of(after.statistic(), after.depth(), after.index()));
        }
        List<Object> all = new ArrayList<>();
        all.add(sources.stream().map(source -> source.experiment().toString()).toArray(String[]::new));
        all.add(sources.stream().map(Source::network).toArray(Integer[]::new));
        all.addAll(parameters);
        all.add(keys);
        all.addAll(parameters);
        return new PartsQuery(sources, """
                select s.number - 1 as source, parts.*
                from unnest(?::uuid[], ?) with ordinality s (experiment_id, network, number)
                cross join lateral (
                    with r as materialized (
                        select l.ordinal, rows.*
                        from experiment_cell l
                        cross join lateral (
                            select * from cell_row where fingerprint = l.fingerprint%1$s
                            order by statistic, depth, index limit ?) rows
                        where l.experiment_id = s.experiment_id and l.network = s.network),
                    p as materialized (
                        select statistic, depth, index, paper, derived, infinite_width, note from prediction
                        where subject = (
                            select c.subject from experiment_cell l join cell c using (fingerprint)
                            where l.experiment_id = s.experiment_id and l.network = s.network limit 1)%1$s
                          and (statistic, depth, index) <= (
                            select statistic, depth, index from r order by 1 desc, 2 desc, 3 desc limit 1))
                    select r.statistic, r.depth, r.index, r.ordinal, r.count, r.mean, r.m2,
                           r.mean_denominator, r.m2_denominator, r.co_moment,
                           p.paper, p.derived, p.infinite_width, p.note
                    from r left join p on (p.statistic, p.depth, p.index) = (r.statistic, r.depth, r.index)) parts
                order by source, statistic, depth, index, ordinal""".formatted(wanted), all);
    }
}
