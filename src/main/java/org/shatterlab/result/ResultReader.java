package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.RowsQuery.NetworkSource;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads the measured results of experiments. The reader merges the cells of an experiment in their order, so that the
 * bits of a result are always the same. Where {@link RowMerger} has merged the first cells of a network, the reader
 * continues with the cells after them.
 */
@Repository
public class ResultReader {

    /** The smallest and the largest number of rows that a query requests of each network. */
    private static final int MIN_KEYS = 16;

    private static final int MAX_KEYS = 2048;

    /** The factor by which the number of networks of a query grows. */
    private static final int GROWTH = 4;

    /** The size of the matrices that a query fetches at a time, in bytes. */
    private static final long MAX_FETCHED_BYTES = 4 << 20;

    /** The largest number of matrices that a query fetches at a time. */
    private static final int MAX_FETCHED_MATRICES = 100;

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
     * A row of one of several experiments.
     *
     * @param experiment the id of the experiment
     * @param key the sort key of the row in its experiment
     */
    public record KeyedRow(UUID experiment, RowKey key, ResultRow row) {}

    /**
     * Streams the rows measured so far to a consumer, in the order of their keys and from one snapshot of the database.
     * The rows are not held in memory. The stream ends early if the consumer declines further rows.
     */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public void streamRows(Experiment experiment, ResultQuery query, RowConsumer consumer) {
        List<Experiment> one = List.of(experiment);
        stream(one, findMerged(one), query, Integer.MAX_VALUE, (_, key, row) -> consumer.accept(key, row));
    }

    /**
     * Returns the next rows of one experiment after the other, from one snapshot of the database. The read touches no
     * rows beyond the limit.
     *
     * @param query the filter; its start key applies to the first experiment only
     * @param limit the largest number of rows
     * @throws ProblemException with status 404, if an experiment was deleted in the meantime
     */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public List<KeyedRow> readNext(List<Experiment> experiments, ResultQuery query, int limit) {
        Map<UUID, Map<Integer, Integer>> merged = findMerged(experiments);
        for (Experiment experiment : experiments) {
            if (!merged.containsKey(experiment.id())) {
                throw new ProblemException(
                        Problem.NOT_FOUND, "The experiment \"" + experiment.id() + "\" was deleted in the meantime.");
            }
        }
        List<KeyedRow> rows = new ArrayList<>();
        stream(
                experiments,
                merged,
                query,
                limit,
                (experiment, key, row) -> rows.add(new KeyedRow(experiment, key, row)));
        return rows;
    }

    private Map<UUID, Map<Integer, Integer>> findMerged(List<Experiment> experiments) {
        return RowMerger.findMerged(
                jdbc, experiments.stream().map(Experiment::id).toList());
    }

    /**
     * Streams rows until the limit is reached or the consumer declines further rows. A query requests no more rows than
     * the limit leaves. Queries cover several networks at a time if each network has few rows.
     *
     * @param merged the ordinals of the last merged cells by experiment and network
     */
    private void stream(
            List<Experiment> experiments,
            Map<UUID, Map<Integer, Integer>> merged,
            ResultQuery query,
            int limit,
            CombinedRowConsumer consumer) {
        List<NetworkSource> sources = sources(experiments, merged, query);
        RowKey after = startKey(experiments, query, sources);
        int next = 0;
        int left = limit;
        int networks = 1;
        int keys = MAX_KEYS;
        while (next < sources.size() && left > 0) {
            int most = Math.min(left, MAX_KEYS);
            keys = Math.min(keys, most);
            networks = Math.clamp(most / keys, 1, networks);
            List<NetworkSource> requested = sources.subList(next, Math.min(next + networks, sources.size()));
            MergedRowPage page = MergedRowPage.read(jdbc, requested, query, after, keys);
            if (!page.passTo(consumer)) {
                return;
            }
            left -= page.rows().size();
            next += page.finishedNetworks();
            if (page.finishedNetworks() < requested.size()) {
                after = page.lastKey();
                networks = 1;
                keys = MAX_KEYS;
            } else if (after == null) {
                networks *= GROWTH;
                keys = Math.clamp((long) GROWTH * page.maxRowsPerNetwork(), MIN_KEYS, MAX_KEYS);
            } else {
                after = null;
            }
        }
    }

    private static List<NetworkSource> sources(
            List<Experiment> experiments, Map<UUID, Map<Integer, Integer>> merged, ResultQuery query) {
        List<NetworkSource> sources = new ArrayList<>();
        RowKey from = query.after();
        int first = from == null ? 0 : from.network();
        for (Experiment experiment : experiments) {
            Map<Integer, Integer> mergedTo = merged.getOrDefault(experiment.id(), Map.of());
            List<NetworkEntry> networks = experiment.spec().networks();
            for (int network = first; network < networks.size(); network++) {
                String label = networks.get(network).label();
                if (query.networks().isEmpty() || query.networks().contains(label)) {
                    sources.add(NetworkSource.of(
                            experiment.id(),
                            network,
                            label,
                            mergedTo.getOrDefault(network, NetworkSource.NOTHING_MERGED)));
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
        return readRows(experiment, networks, List.of(), statistics);
    }

    /** Returns the rows of some networks, depths and statistics. Without depths, the method returns all depths. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public List<ResultRow> readRows(
            Experiment experiment,
            Collection<NetworkEntry> networks,
            List<DepthRange> depths,
            Collection<Statistic> statistics) {
        List<ResultRow> rows = new ArrayList<>();
        ResultQuery query = new ResultQuery(
                networks.stream().map(NetworkEntry::label).collect(Collectors.toSet()),
                depths,
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
    public Optional<AveragedMatrix> findMatrix(Experiment experiment, Statistic statistic, int network, int depth) {
        long points = experiment.spec().inputs().points();
        MatrixSum sum = new MatrixSum();
        RowCallbackHandler cell = row -> sum.add(row.getInt(1), row.getInt(2), row.getLong(3), row.getBytes(4));
        jdbc.sql("""
                        select m.rows, m.columns, m.count, m.entries
                        from experiment_cell l join cell_matrix m using (fingerprint)
                        where l.experiment_id = ? and m.statistic = ? and l.network = ? and m.depth = ?
                        order by l.ordinal""")
                .withFetchSize(
                        Math.clamp(MAX_FETCHED_BYTES / (Double.BYTES * points * points), 1, MAX_FETCHED_MATRICES))
                .params(experiment.id(), statistic.apiName(), network, depth)
                .query(cell);
        return sum.average();
    }
}
