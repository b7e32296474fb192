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
import org.shatterlab.result.ResultRow.Predicted;
import org.shatterlab.result.RowsQuery.KeyRange;
import org.shatterlab.result.RowsQuery.NetworkSource;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A page of merged rows: the next rows of one or more networks.
 *
 * @param sources the networks that were requested
 * @param limit the number of rows that were requested of each network
 * @param networks the rows of each network that has any, up to and including the first network that may have more
 */
record MergedRowPage(List<NetworkSource> sources, int limit, List<NetworkRows> networks) {

    private static final Map<String, Predicted> UNPREDICTED = Arrays.stream(Statistic.values())
            .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS && !Theory.PREDICTED.contains(statistic))
            .collect(Collectors.toUnmodifiableMap(
                    Statistic::apiName,
                    statistic -> new Predicted(null, null, null, Theory.reasonNotPredicted(statistic))));

    private static final Predicted NO_PREDICTION = new Predicted(null, null, null, null);

    private static final String ERROR_OUT_OF_RANGE =
            "standardError: The errors over runs are too large or too small for a double-precision number.";

    /** The number of rows that the JDBC driver fetches at a time. */
    private static final int FETCH_SIZE = 2048;

    /**
     * A row of one network, merged over one or more cells.
     *
     * @param source the index of the row's network among the requested networks
     * @param key the key of the row
     * @param moments the merged moments of the cells
     */
    record MergedRow(int source, RowKey key, Moments moments) {}

    /**
     * A prediction for one row.
     *
     * @param range the index of the key range that contains the row
     * @param key the key of the row
     * @param predicted the values that theory predicts
     */
    private record KeyPrediction(int range, RowKey key, Predicted predicted) {}

    /**
     * The rows of one network in the order of their keys.
     *
     * @param number the index of the network among the requested networks
     * @param source the network
     * @param rows the merged rows; mutable
     * @param predictions the predictions by the keys of their rows, for the statistics that theory predicts; mutable
     */
    private record NetworkRows(
            int number, NetworkSource source, List<MergedRow> rows, Map<RowKey, Predicted> predictions) {

        /** Merges a cell's row into the last row if both have the same key, and appends the cell's row otherwise. */
        void merge(MergedRow row) {
            if (!rows.isEmpty() && rows.getLast().key().equals(row.key())) {
                Moments before = rows.removeLast().moments();
                rows.add(new MergedRow(row.source(), row.key(), Moments.combine(before, row.moments())));
            } else {
                rows.add(row);
            }
        }

        /** Registers an empty prediction for each row of a statistic that theory predicts. */
        void awaitPredictions() {
            for (MergedRow row : rows) {
                if (!UNPREDICTED.containsKey(row.key().statistic())) {
                    predictions.put(row.key(), NO_PREDICTION);
                }
            }
        }

        KeyRange keyRange() {
            return new KeyRange(source, rows.getFirst().key(), rows.getLast().key());
        }

        boolean passTo(CombinedRowConsumer consumer) {
            for (MergedRow row : rows) {
                if (!consumer.accept(source.experiment(), row.key(), toResultRow(row))) {
                    return false;
                }
            }
            return true;
        }

        private ResultRow toResultRow(MergedRow row) {
            Estimate estimate = row.moments().estimate();
            RowKey key = row.key();
            Predicted predicted =
                    predictions.getOrDefault(key, UNPREDICTED.getOrDefault(key.statistic(), NO_PREDICTION));
            return new ResultRow(
                    source.label(),
                    key.depth() == ResultStore.NO_DEPTH ? null : key.depth(),
                    key.statistic(),
                    key.index() == ResultStore.NO_INDEX ? null : key.index(),
                    estimate.mean(),
                    estimate.standardDeviation(),
                    estimate.standardError(),
                    estimate.runs(),
                    estimate.isErrorOutOfRange() ? predicted.withNote(ERROR_OUT_OF_RANGE) : predicted);
        }
    }

    /** Merges the next rows as {@link #merge} does, and adds the predictions. All cells of a network share them. */
    static MergedRowPage read(
            JdbcClient jdbc, List<NetworkSource> sources, ResultQuery query, @Nullable RowKey after, int limit) {
        MergedRowPage page = merge(jdbc, sources, query, after, limit);
        page.addPredictions(jdbc, query);
        return page;
    }

    /**
     * Reads the next rows of the cells, and merges the rows in the order of the cells. The merged row of the first cells
     * is the first operand, so the bits are those of a merge of all cells.
     *
     * @param after the key that the requested rows come after; null to start at the first row
     * @param limit the number of rows to read of each network
     */
    static MergedRowPage merge(
            JdbcClient jdbc, List<NetworkSource> sources, ResultQuery query, @Nullable RowKey after, int limit) {
        List<NetworkRows> networks = new ArrayList<>();
        try (Stream<MergedRow> cellRows =
                stream(jdbc, RowsQuery.cellRows(sources, query, after, limit), (row, _) -> cellRow(sources, row))) {
            NetworkRows network = null;
            for (MergedRow row : (Iterable<MergedRow>) cellRows::iterator) {
                if (network == null || network.number() != row.source()) {
                    if (network != null && network.rows().size() == limit) {
                        break;
                    }
                    network = new NetworkRows(
                            row.source(), sources.get(row.source()), new ArrayList<>(), new HashMap<>());
                    networks.add(network);
                }
                network.merge(row);
            }
        }
        return new MergedRowPage(sources, limit, networks);
    }

    /**
     * Adds the predictions to the rows. A key range may contain predictions that the page has no row for. Such
     * predictions are ignored.
     */
    private void addPredictions(JdbcClient jdbc, ResultQuery query) {
        networks.forEach(NetworkRows::awaitPredictions);
        List<NetworkRows> awaiting = networks.stream()
                .filter(network -> !network.predictions().isEmpty())
                .toList();
        if (!awaiting.isEmpty()) {
            List<KeyRange> ranges = awaiting.stream().map(NetworkRows::keyRange).toList();
            try (Stream<KeyPrediction> predictions =
                    stream(jdbc, RowsQuery.predictions(ranges, query), (row, _) -> prediction(ranges, row))) {
                predictions.forEach(prediction -> awaiting.get(prediction.range())
                        .predictions()
                        .replace(prediction.key(), prediction.predicted()));
            }
        }
    }

    private static <T> Stream<T> stream(JdbcClient jdbc, RowsQuery query, RowMapper<T> mapper) {
        return jdbc.sql(query.sql()).withFetchSize(FETCH_SIZE).params(query.parameters()).query(mapper).stream();
    }

    private static RowKey key(NetworkSource source, ResultSet row) throws SQLException {
        return new RowKey(source.network(), row.getString("statistic"), row.getInt("depth"), row.getInt("index"));
    }

    private static MergedRow cellRow(List<NetworkSource> sources, ResultSet row) throws SQLException {
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
        return new MergedRow(source, key(sources.get(source), row), moments);
    }

    private static KeyPrediction prediction(List<KeyRange> ranges, ResultSet row) throws SQLException {
        int range = row.getInt("source");
        Predicted predicted = new Predicted(
                number(row, "paper"), number(row, "derived"), number(row, "infinite_width"), row.getString("note"));
        return new KeyPrediction(range, key(ranges.get(range).source(), row), predicted);
    }

    private static @Nullable Double number(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Double.class);
    }

    /**
     * Passes all rows of the page to a consumer, until the consumer declines further rows.
     *
     * @return whether the consumer accepts further rows
     */
    boolean passTo(CombinedRowConsumer consumer) {
        return networks.stream().allMatch(network -> network.passTo(consumer));
    }

    /** Returns all rows of the page, without their predictions. */
    List<MergedRow> rows() {
        return networks.stream().flatMap(network -> network.rows().stream()).toList();
    }

    /** Returns the number of requested networks that have no further rows. */
    int finishedNetworks() {
        return maxRowsPerNetwork() < limit ? sources.size() : networks.getLast().number();
    }

    /** Returns the largest number of rows that a network has on this page; 0 for an empty page. */
    int maxRowsPerNetwork() {
        return networks.stream()
                .mapToInt(network -> network.rows().size())
                .max()
                .orElse(0);
    }

    /** Returns the key of the last row. The page must not be empty. */
    RowKey lastKey() {
        return networks.getLast().rows().getLast().key();
    }
}
