package org.shatterlab.result;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.Estimate;
import org.shatterlab.lab.statistic.MeanMoments;
import org.shatterlab.lab.statistic.Moments;
import org.shatterlab.lab.statistic.RatioMoments;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.theory.Theory;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.ResultReader.CombinedConsumer;
import org.shatterlab.result.ResultRow.Predicted;
import org.shatterlab.result.RowsQuery.Source;
import org.shatterlab.result.RowsQuery.Span;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The next rows of some networks.
 *
 * @param sources the networks that were asked for
 * @param most how many rows of each were asked for
 * @param networks the rows of those that have any, up to the first that may have more
 */
record MergedRowPage(List<Source> sources, int most, List<NetworkRows> networks) {

    private static final Map<String, Predicted> UNPREDICTED = Arrays.stream(Statistic.values())
            .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS && !Theory.PREDICTED.contains(statistic))
            .collect(Collectors.toUnmodifiableMap(
                    Statistic::apiName, statistic -> new Predicted(null, null, null, Theory.whyNot(statistic))));

    private static final Predicted NOTHING = new Predicted(null, null, null, null);

    /** How many rows the driver holds. */
    private static final int FETCHED = 2048;

    /**
     * One cell's part of a row, or what those of several come to.
     *
     * @param source the number of its network among those that were asked for
     */
    private record Part(int source, RowKey key, Moments moments) {}

    /**
     * What theory says of a row.
     *
     * @param span the number of the one that it was found in
     */
    private record KeyPrediction(int span, RowKey key, Predicted predicted) {}

    /**
     * The rows of a network in the order of their keys.
     *
     * @param number its number among those that were asked for
     * @param predictions what theory says of them, where it says anything
     */
    private record NetworkRows(int number, Source source, List<Part> parts, Map<RowKey, Predicted> predictions) {

        /** Adds the part of the row that is being read, or of the next. */
        void add(Part part) {
            if (!parts.isEmpty() && parts.getLast().key().equals(part.key())) {
                Moments before = parts.removeLast().moments();
                parts.add(new Part(part.source(), part.key(), Moments.combine(before, part.moments())));
            } else {
                parts.add(part);
            }
        }

        /** Awaits a prediction for each row of a statistic that theory speaks of. */
        void awaitPredictions() {
            for (Part part : parts) {
                if (!UNPREDICTED.containsKey(part.key().statistic())) {
                    predictions.put(part.key(), NOTHING);
                }
            }
        }

        Span span() {
            return new Span(source, parts.getFirst().key(), parts.getLast().key());
        }

        boolean hand(CombinedConsumer consumer) {
            for (Part part : parts) {
                if (!consumer.accept(source.experiment(), part.key(), row(part))) {
                    return false;
                }
            }
            return true;
        }

        private ResultRow row(Part part) {
            Estimate estimate = part.moments().estimate();
            RowKey key = part.key();
            return new ResultRow(
                    source.label(),
                    key.depth() == ResultStore.NO_DEPTH ? null : key.depth(),
                    key.statistic(),
                    key.index() == ResultStore.NO_INDEX ? null : key.index(),
                    estimate.mean(),
                    estimate.standardDeviation(),
                    estimate.standardError(),
                    estimate.runs(),
                    predictions.getOrDefault(key, UNPREDICTED.getOrDefault(key.statistic(), NOTHING)));
        }
    }

    /**
     * Reads what the cells have and merges it in their order, and then what theory says, which all cells of a network share.
     *
     * @param after the key that those wanted come after; null for the first
     * @param most how many of each network
     */
    static MergedRowPage read(
            JdbcClient jdbc, List<Source> sources, ResultQuery query, @Nullable RowKey after, int most) {
        List<NetworkRows> networks = new ArrayList<>();
        try (Stream<Part> parts =
                stream(jdbc, RowsQuery.parts(sources, query, after, most), (row, _) -> part(sources, row))) {
            NetworkRows rows = null;
            for (Part part : (Iterable<Part>) parts::iterator) {
                if (rows == null || rows.number() != part.source()) {
                    if (rows != null && rows.parts().size() == most) {
                        break;
                    }
                    rows = new NetworkRows(
                            part.source(), sources.get(part.source()), new ArrayList<>(), new HashMap<>());
                    networks.add(rows);
                }
                rows.add(part);
            }
        }
        MergedRowPage batch = new MergedRowPage(sources, most, networks);
        batch.predict(jdbc, query);
        return batch;
    }

    /** Others that a network has may lie between those for its rows. */
    private void predict(JdbcClient jdbc, ResultQuery query) {
        networks.forEach(NetworkRows::awaitPredictions);
        List<NetworkRows> awaiting =
                networks.stream().filter(rows -> !rows.predictions().isEmpty()).toList();
        if (!awaiting.isEmpty()) {
            List<Span> spans = awaiting.stream().map(NetworkRows::span).toList();
            try (Stream<KeyPrediction> predictions =
                    stream(jdbc, RowsQuery.predictions(spans, query), (row, _) -> prediction(spans, row))) {
                predictions.forEach(
                        one -> awaiting.get(one.span()).predictions().replace(one.key(), one.predicted()));
            }
        }
    }

    private static <T> Stream<T> stream(JdbcClient jdbc, RowsQuery query, RowMapper<T> mapper) {
        return jdbc.sql(query.sql()).withFetchSize(FETCHED).params(query.parameters()).query(mapper).stream();
    }

    private static RowKey key(Source source, ResultSet row) throws SQLException {
        return new RowKey(source.network(), row.getString("statistic"), row.getInt("depth"), row.getInt("index"));
    }

    private static Part part(List<Source> sources, ResultSet row) throws SQLException {
        int source = row.getInt("source");
        Double meanDenominator = number(row, "mean_denominator");
        Moments moments = meanDenominator == null
                ? new MeanMoments(row.getLong("count"), row.getDouble("mean"), row.getDouble("m2"))
                : new RatioMoments(
                        row.getLong("count"),
                        row.getDouble("mean"),
                        meanDenominator,
                        row.getDouble("m2"),
                        row.getDouble("m2_denominator"),
                        row.getDouble("co_moment"));
        return new Part(source, key(sources.get(source), row), moments);
    }

    private static KeyPrediction prediction(List<Span> spans, ResultSet row) throws SQLException {
        int span = row.getInt("source");
        Predicted predicted = new Predicted(
                number(row, "paper"), number(row, "derived"), number(row, "infinite_width"), row.getString("note"));
        return new KeyPrediction(span, key(spans.get(span).source(), row), predicted);
    }

    private static @Nullable Double number(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Double.class);
    }

    /**
     * Hands the rows over.
     *
     * @return whether more are wanted
     */
    boolean hand(CombinedConsumer consumer) {
        return networks.stream().allMatch(rows -> rows.hand(consumer));
    }

    /** Of how many networks there are no more rows. */
    int through() {
        return longest() < most ? sources.size() : networks.getLast().number();
    }

    /** How many rows the network with most of them has here. */
    int longest() {
        return networks.stream().mapToInt(rows -> rows.parts().size()).max().orElse(0);
    }

    /** The key of the last row. */
    RowKey last() {
        return networks.getLast().parts().getLast().key();
    }
}
