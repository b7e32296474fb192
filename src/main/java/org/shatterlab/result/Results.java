package org.shatterlab.result;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.statistic.Estimate;
import org.shatterlab.lab.statistic.MeanMoments;
import org.shatterlab.lab.statistic.Moments;
import org.shatterlab.lab.statistic.RatioMoments;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.theory.Theory;
import org.shatterlab.result.PartsQuery.Source;
import org.shatterlab.result.ResultQuery.RowKey;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Reads what was measured, merging the cells of an experiment in their order, so that the bits are always the same. */
@Repository
public class Results {

    private static final Map<String, String> UNPREDICTED = Arrays.stream(Statistic.values())
            .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS && !Theory.PREDICTED.contains(statistic))
            .collect(Collectors.toUnmodifiableMap(Statistic::apiName, Theory::whyNot));

    /** How many rows of each network are asked for at first, and at most. */
    private static final int FEWEST_KEYS = 128;

    private static final int MOST_KEYS = 8192;

    /** How many networks are asked for together, at most. */
    private static final int MOST_SOURCES = 64;

    private static final int GROWTH = 4;
    private static final int FETCHED = 1000;

    private final JdbcClient jdbc;

    Results(JdbcClient jdbc) {
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

    /**
     * One cell's part of a row.
     *
     * @param source the number of what it is of, among those that were asked for
     */
    private record Part(int source, RowKey key, Moments moments, ResultRow.Predicted predicted) {

        boolean isOfTheRowOf(Part other) {
            return source == other.source && key.equals(other.key);
        }

        Part and(Part next) {
            return new Part(source, key, Moments.combine(moments, next.moments), predicted);
        }
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
        int keys = FEWEST_KEYS;
        while (next < sources.size()) {
            List<Source> wanted = sources.subList(next, Math.min(next + together, sources.size()));
            Batch batch = new Batch(wanted, keys, consumer);
            if (!batch.read(parts(PartsQuery.of(wanted, query, after, keys)))) {
                return;
            }
            next += batch.through();
            if (batch.through() < wanted.size()) {
                after = batch.last();
                together = 1;
                keys = Math.min(GROWTH * keys, MOST_KEYS);
            } else {
                together = after == null ? Math.min(GROWTH * together, MOST_SOURCES) : 1;
                after = null;
                keys = FEWEST_KEYS;
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

    /** Merges the parts of some keys of some networks, and hands their rows over. */
    private static final class Batch {

        private final List<Source> sources;
        private final int most;
        private final CombinedConsumer consumer;
        private @Nullable Part merged;

        /** How many there are of what {@link #merged} is of. */
        private int keys;

        /**
         * Takes nothing yet.
         *
         * @param most how many keys of each were asked for
         */
        Batch(List<Source> sources, int most, CombinedConsumer consumer) {
            this.sources = sources;
            this.most = most;
            this.consumer = consumer;
        }

        /**
         * Hands rows over until there may be more of a network than were asked for.
         *
         * @return whether more are wanted
         */
        boolean read(Stream<Part> parts) {
            try (parts) {
                for (Part part : (Iterable<Part>) parts::iterator) {
                    Part before = merged;
                    if (before != null && before.isOfTheRowOf(part)) {
                        merged = before.and(part);
                        continue;
                    }
                    if (!hand(before)) {
                        return false;
                    }
                    if (before == null || before.source() != part.source()) {
                        if (keys == most) {
                            return true;
                        }
                        keys = 0;
                    }
                    merged = part;
                    keys++;
                }
                return hand(merged);
            }
        }

        private boolean hand(@Nullable Part part) {
            if (part == null) {
                return true;
            }
            Source source = sources.get(part.source());
            return consumer.accept(source.experiment(), part.key(), row(source, part));
        }

        /** Of how many there are no more rows. */
        int through() {
            return keys == most ? Objects.requireNonNull(merged).source() : sources.size();
        }

        RowKey last() {
            return Objects.requireNonNull(merged).key();
        }
    }

    /** The rows of some networks and statistics that there are so far. */
    List<ResultRow> rows(Experiment experiment, Collection<NetworkEntry> networks, Collection<Statistic> statistics) {
        List<ResultRow> rows = new ArrayList<>();
        ResultQuery query = new ResultQuery(
                networks.stream().map(NetworkEntry::label).collect(Collectors.toSet()),
                List.of(),
                statistics.stream().map(Statistic::apiName).collect(Collectors.toSet()),
                null);
        read(experiment, query, (_, row) -> rows.add(row));
        return rows;
    }

    private Stream<Part> parts(PartsQuery query) {
        return jdbc
                .sql(query.sql())
                .withFetchSize(FETCHED)
                .params(query.parameters())
                .query((row, _) -> part(query.sources(), row))
                .stream();
    }

    private static Part part(List<Source> sources, ResultSet row) throws SQLException {
        int source = row.getInt("source");
        RowKey key = new RowKey(
                sources.get(source).network(), row.getString("statistic"), row.getInt("depth"), row.getInt("index"));
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
        String note = row.getString("note");
        return new Part(
                source,
                key,
                moments,
                new ResultRow.Predicted(
                        number(row, "paper"), number(row, "derived"), number(row, "infinite_width"), note));
    }

    private static @Nullable Double number(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Double.class);
    }

    private static ResultRow row(Source source, Part part) {
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
                predicted(part));
    }

    private static ResultRow.Predicted predicted(Part part) {
        String unpredicted = UNPREDICTED.get(part.key().statistic());
        return unpredicted == null ? part.predicted() : new ResultRow.Predicted(null, null, null, unpredicted);
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
    public Optional<RunMatrix> matrix(UUID experiment, Statistic statistic, int network, int depth) {
        try (Stream<RunMatrix> cells = jdbc
                .sql("""
                        select m.rows, m.columns, m.count, m.entries
                        from experiment_cell l join cell_matrix m using (fingerprint)
                        where l.experiment_id = ? and m.statistic = ? and l.network = ? and m.depth = ?
                        order by l.ordinal""")
                .withFetchSize(10)
                .params(experiment, statistic.apiName(), network, depth)
                .query((row, _) -> new RunMatrix(
                        row.getInt(1), row.getInt(2), row.getLong(3), ResultStore.doubles(row.getBytes(4))))
                .stream()) {
            RunMatrix total = null;
            for (RunMatrix cell : (Iterable<RunMatrix>) cells::iterator) {
                double[] values = cell.values();
                double[] before = total == null ? new double[values.length] : total.values();
                for (int i = 0; i < values.length; i++) {
                    values[i] = before[i] + cell.runs() * values[i];
                }
                total = new RunMatrix(
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
