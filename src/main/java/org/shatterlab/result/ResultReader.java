package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.RowsQuery.NetworkSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads the measured results of experiments. The reader merges the cells of an experiment in their order, so that the
 * bits of a result are always the same.
 */
@Repository
public class ResultReader {

    /** The number of rows that the first query requests of each network. */
    private static final int MIN_KEYS = 128;

    /** The largest number of rows that a query requests of each network. */
    private static final int MAX_KEYS = 2048;

    /** The factor by which the size of the queries grows. */
    private static final int GROWTH = 4;

    private final JdbcClient jdbc;

    ResultReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Accepts rows one by one. */
    @FunctionalInterface
    public interface RowConsumer {
        /**
         * Accepts the next row.
         *
         * @return whether the consumer accepts a further row
         */
        boolean accept(RowKey key, ResultRow row);
    }

    /**
     * Streams the rows measured so far to a consumer, in the order of their keys. The rows are not held in memory. The
     * stream ends early if the consumer declines further rows.
     */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public void streamRows(Experiment experiment, ResultQuery query, RowConsumer consumer) {
        streamCombinedRows(List.of(experiment), query, (_, key, row) -> consumer.accept(key, row));
    }

    /**
     * Streams the rows of one experiment after the other to a consumer, from one snapshot of the database. The first
     * query requests few rows, because many clients read only one page. Later queries request more rows of a network
     * that has more. Queries cover several networks at a time if each network has few rows.
     *
     * @param query the filter; its start key applies to the first experiment only
     */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public void streamCombinedRows(List<Experiment> experiments, ResultQuery query, CombinedRowConsumer consumer) {
        List<NetworkSource> sources = sources(experiments, query);
        RowKey after = startKey(experiments, query, sources);
        int next = 0;
        int networks = 1;
        int keys = MIN_KEYS;
        while (next < sources.size()) {
            List<NetworkSource> requested = sources.subList(next, Math.min(next + networks, sources.size()));
            MergedRowPage page = MergedRowPage.read(jdbc, requested, query, after, keys);
            if (!page.passTo(consumer)) {
                return;
            }
            next += page.finishedNetworks();
            if (page.finishedNetworks() < requested.size()) {
                after = page.lastKey();
                networks = 1;
                keys = Math.min(GROWTH * keys, MAX_KEYS);
            } else if (after == null) {
                keys = Math.clamp((long) GROWTH * page.maxRowsPerNetwork(), MIN_KEYS, MAX_KEYS);
                networks = Math.clamp(MAX_KEYS / keys, 1, GROWTH * networks);
            } else {
                after = null;
            }
        }
    }

    private static List<NetworkSource> sources(List<Experiment> experiments, ResultQuery query) {
        List<NetworkSource> sources = new ArrayList<>();
        RowKey from = query.after();
        int first = from == null ? 0 : from.network();
        for (Experiment experiment : experiments) {
            List<NetworkEntry> networks = experiment.spec().networks();
            for (int network = first; network < networks.size(); network++) {
                String label = networks.get(network).label();
                if (query.networks().isEmpty() || query.networks().contains(label)) {
                    sources.add(new NetworkSource(experiment.id(), network, label));
                }
            }
            first = 0;
        }
        return sources;
    }

    /** Returns the start key of the query if the key lies in the first source, and null otherwise. */
    private static @Nullable RowKey startKey(
            List<Experiment> experiments, ResultQuery query, List<NetworkSource> sources) {
        RowKey from = query.after();
        if (from == null || sources.isEmpty()) {
            return null;
        }
        NetworkSource first = sources.getFirst();
        boolean isInFirst = first.network() == from.network()
                && first.experiment().equals(experiments.getFirst().id());
        return isInFirst ? from : null;
    }

    /** Returns the rows of some networks and statistics measured so far, in the order of their keys. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public List<ResultRow> readRows(
            Experiment experiment, Collection<NetworkEntry> networks, Collection<Statistic> statistics) {
        List<ResultRow> rows = new ArrayList<>();
        ResultQuery query = new ResultQuery(
                networks.stream().map(NetworkEntry::label).collect(Collectors.toSet()),
                List.of(),
                statistics.stream().map(Statistic::apiName).collect(Collectors.toSet()),
                null);
        streamRows(experiment, query, (_, row) -> rows.add(row));
        return rows;
    }

    /**
     * Returns the gradient of one run at all inputs.
     *
     * @param network the number of the network in the experiment, from 0
     * @param depth L; {@link ResultStore#NO_DEPTH} for noise
     * @param run the number of the run, from 0
     * @return one value for each input; empty if the gradient is not stored
     */
    @Transactional(readOnly = true)
    public Optional<double[]> findSeries(UUID experiment, int network, int depth, int run) {
        return jdbc.sql("""
                        select s.gradient from experiment_cell l join cell_series s using (fingerprint)
                        where l.experiment_id = ? and l.network = ? and s.depth = ? and s.run = ?
                        order by l.ordinal limit 1""")
                .params(experiment, network, depth, run)
                .query((row, _) -> ResultStore.doubles(row.getBytes(1)))
                .optional();
    }

    /**
     * Returns a stored matrix, averaged over all runs measured so far. A statistic of run 0 has one stored matrix,
     * which is returned as stored.
     *
     * @param statistic a statistic that is stored as a matrix
     * @param network the number of the network in the experiment, from 0
     * @param depth L; {@link ResultStore#NO_DEPTH} for noise
     * @return empty if no cell has stored the matrix yet
     */
    @Transactional(readOnly = true)
    public Optional<AveragedMatrix> findMatrix(UUID experiment, Statistic statistic, int network, int depth) {
        try (Stream<AveragedMatrix> cells = jdbc
                .sql("""
                        select m.rows, m.columns, m.count, m.entries
                        from experiment_cell l join cell_matrix m using (fingerprint)
                        where l.experiment_id = ? and m.statistic = ? and l.network = ? and m.depth = ?
                        order by l.ordinal""")
                .withFetchSize(10)
                .params(experiment, statistic.apiName(), network, depth)
                .query((row, _) -> new AveragedMatrix(
                        row.getInt(1), row.getInt(2), row.getLong(3), ResultStore.doubles(row.getBytes(4))))
                .stream()) {
            AveragedMatrix total = null;
            for (AveragedMatrix cell : (Iterable<AveragedMatrix>) cells::iterator) {
                double[] values = cell.values();
                double[] before = total == null ? new double[values.length] : total.values();
                for (int i = 0; i < values.length; i++) {
                    values[i] = before[i] + cell.runs() * values[i];
                }
                total = new AveragedMatrix(
                        cell.rows(), cell.columns(), (total == null ? 0 : total.runs()) + cell.runs(), values);
            }
            if (total == null) {
                return Optional.empty();
            }
            for (int i = 0; i < total.values().length; i++) {
                total.values()[i] /= total.runs();
            }
            return Optional.of(total);
        }
    }
}
