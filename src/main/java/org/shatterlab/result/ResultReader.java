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
import org.shatterlab.result.RowsQuery.Source;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Reads what was measured, merging the cells of an experiment in their order, so that the bits are always the same. */
@Repository
public class ResultReader {

    /** How many rows of each network are asked for at first, and at most. */
    private static final int MIN_KEYS = 128;

    private static final int MAX_KEYS = 2048;

    private static final int GROWTH = 4;

    private final JdbcClient jdbc;

    ResultReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Takes rows one by one. */
    @FunctionalInterface
    public interface RowConsumer {
        /**
         * Takes the next row.
         *
         * @return whether another one is wanted
         */
        boolean accept(RowKey key, ResultRow row);
    }

    /** Takes rows of several experiments one by one. */
    @FunctionalInterface
    public interface CombinedConsumer {
        /**
         * Takes the next row.
         *
         * @return whether another one is wanted
         */
        boolean accept(UUID experiment, RowKey key, ResultRow row);
    }

    /** Reads the rows that there are so far, in the order of their keys, without holding them in memory. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public void read(Experiment experiment, ResultQuery query, RowConsumer consumer) {
        readAll(List.of(experiment), query, (_, key, row) -> consumer.accept(key, row));
    }

    /**
     * Reads the rows of one experiment after the other, all of the same moment. Few are asked for at first, for those who want
     * no more than a page; then more of a network at a time where it has more, and of more networks at a time where they have
     * not.
     *
     * @param query what comes after a key, of the first experiment alone
     */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public void readAll(List<Experiment> experiments, ResultQuery query, CombinedConsumer consumer) {
        List<Source> sources = sources(experiments, query);
        RowKey after = after(experiments, query, sources);
        int next = 0;
        int together = 1;
        int keys = MIN_KEYS;
        while (next < sources.size()) {
            List<Source> wanted = sources.subList(next, Math.min(next + together, sources.size()));
            MergedRowPage batch = MergedRowPage.read(jdbc, wanted, query, after, keys);
            if (!batch.hand(consumer)) {
                return;
            }
            next += batch.through();
            if (batch.through() < wanted.size()) {
                after = batch.last();
                together = 1;
                keys = Math.min(GROWTH * keys, MAX_KEYS);
            } else if (after == null) {
                keys = Math.clamp((long) GROWTH * batch.longest(), MIN_KEYS, MAX_KEYS);
                together = Math.clamp(MAX_KEYS / keys, 1, GROWTH * together);
            } else {
                after = null;
            }
        }
    }

    private static List<Source> sources(List<Experiment> experiments, ResultQuery query) {
        List<Source> sources = new ArrayList<>();
        RowKey from = query.after();
        int first = from == null ? 0 : from.network();
        for (Experiment experiment : experiments) {
            List<NetworkEntry> networks = experiment.spec().networks();
            for (int network = first; network < networks.size(); network++) {
                String label = networks.get(network).label();
                if (query.networks().isEmpty() || query.networks().contains(label)) {
                    sources.add(new Source(experiment.id(), network, label));
                }
            }
            first = 0;
        }
        return sources;
    }

    /** The key that rows of the first source come after, if it is of that source. */
    private static @Nullable RowKey after(List<Experiment> experiments, ResultQuery query, List<Source> sources) {
        RowKey from = query.after();
        if (from == null || sources.isEmpty()) {
            return null;
        }
        Source first = sources.getFirst();
        boolean isOfFirst = first.network() == from.network()
                && first.experiment().equals(experiments.getFirst().id());
        return isOfFirst ? from : null;
    }

    /** The rows of some networks and statistics that there are so far. */
    public List<ResultRow> rows(
            Experiment experiment, Collection<NetworkEntry> networks, Collection<Statistic> statistics) {
        List<ResultRow> rows = new ArrayList<>();
        ResultQuery query = new ResultQuery(
                networks.stream().map(NetworkEntry::label).collect(Collectors.toSet()),
                List.of(),
                statistics.stream().map(Statistic::apiName).collect(Collectors.toSet()),
                null);
        read(experiment, query, (_, row) -> rows.add(row));
        return rows;
    }

    /**
     * The gradient over the inputs of one run.
     *
     * @param network its number in the experiment, from 0
     * @param depth L; {@link ResultStore#NO_DEPTH} for noise
     */
    @Transactional(readOnly = true)
    public Optional<double[]> series(UUID experiment, int network, int depth, int run) {
        return jdbc.sql("""
                        select s.gradient from experiment_cell l join cell_series s using (fingerprint)
                        where l.experiment_id = ? and l.network = ? and s.depth = ? and s.run = ?
                        order by l.ordinal limit 1""")
                .params(experiment, network, depth, run)
                .query((row, _) -> ResultStore.doubles(row.getBytes(1)))
                .optional();
    }

    /**
     * A matrix, averaged over all runs measured so far where it is not of run 0 alone.
     *
     * @param statistic one that is stored as a matrix
     */
    @Transactional(readOnly = true)
    public Optional<AveragedMatrix> matrix(UUID experiment, Statistic statistic, int network, int depth) {
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
