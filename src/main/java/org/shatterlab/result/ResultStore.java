package org.shatterlab.result;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.MeanMoments;
import org.shatterlab.lab.statistic.RatioMoments;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Writes what a cell measured, in the transaction that marks the cell as done. */
@Repository
public class ResultStore {

    /** What stands in the tables for the depth of noise, which has none. */
    public static final int NO_DEPTH = 0;

    /** What stands in the tables for the index of a statistic with a single value. */
    static final int NO_INDEX = -1;

    private final JdbcTemplate jdbc;

    ResultStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Writes what one cell measured. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void save(String fingerprint, CellResult result) {
        save(Map.of(fingerprint, result));
    }

    /** Writes what some cells measured, by their fingerprints. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void save(Map<String, CellResult> results) {
        jdbc.batchUpdate(
                """
                insert into cell_row (fingerprint, statistic, depth, index, count, mean, m2,
                                      mean_denominator, m2_denominator, co_moment)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                parts(results, CellResult::rows),
                1000,
                (statement, part) -> bind(statement, part.fingerprint(), part.value()));
        jdbc.batchUpdate("""
                insert into cell_matrix (fingerprint, statistic, depth, rows, columns, count, entries)
                values (?, ?, ?, ?, ?, ?, ?)""", parts(results, CellResult::matrices), 100, (statement, part) -> {
            CellResult.Matrix matrix = part.value();
            statement.setString(1, part.fingerprint());
            statement.setString(2, matrix.statistic().apiName());
            statement.setInt(3, depth(matrix.depth()));
            statement.setInt(4, matrix.rows());
            statement.setInt(5, matrix.columns());
            statement.setLong(6, matrix.runs());
            statement.setBytes(7, bytes(matrix.values()));
        });
        jdbc.batchUpdate(
                "insert into cell_series (fingerprint, depth, run, gradient) values (?, ?, ?, ?)",
                parts(results, CellResult::series),
                100,
                (statement, part) -> {
                    statement.setString(1, part.fingerprint());
                    statement.setInt(2, depth(part.value().depth()));
                    statement.setInt(3, part.value().run());
                    statement.setBytes(4, bytes(part.value().values()));
                });
    }

    /** A part of what a cell measured. */
    private record Part<T>(String fingerprint, T value) {}

    private static <T> List<Part<T>> parts(Map<String, CellResult> results, Function<CellResult, List<T>> parts) {
        return results.entrySet().stream()
                .flatMap(
                        entry -> parts.apply(entry.getValue()).stream().map(value -> new Part<>(entry.getKey(), value)))
                .toList();
    }

    private static void bind(PreparedStatement statement, String fingerprint, CellResult.Row row) throws SQLException {
        statement.setString(1, fingerprint);
        statement.setString(2, row.statistic().apiName());
        statement.setInt(3, depth(row.depth()));
        statement.setInt(4, index(row.index()));
        switch (row.moments()) {
            case MeanMoments(long count, double mean, double m2) -> {
                bind(statement, 5, count, mean, m2);
                for (int column = 8; column <= 10; column++) {
                    statement.setNull(column, Types.DOUBLE);
                }
            }
            case RatioMoments ratio -> {
                bind(statement, 5, ratio.count(), ratio.meanNumerator(), ratio.m2Numerator());
                statement.setDouble(8, ratio.meanDenominator());
                statement.setDouble(9, ratio.m2Denominator());
                statement.setDouble(10, ratio.coMoment());
            }
        }
    }

    private static void bind(PreparedStatement statement, int column, long count, double mean, double m2)
            throws SQLException {
        statement.setLong(column, count);
        statement.setDouble(column + 1, mean);
        statement.setDouble(column + 2, m2);
    }

    static int depth(@Nullable Integer depth) {
        return depth == null ? NO_DEPTH : depth;
    }

    static int index(@Nullable Integer index) {
        return index == null ? NO_INDEX : index;
    }

    private static byte[] bytes(double[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES));
        buffer.asDoubleBuffer().put(values);
        return buffer.array();
    }

    static double[] doubles(byte[] bytes) {
        DoubleBuffer buffer = ByteBuffer.wrap(bytes).asDoubleBuffer();
        double[] values = new double[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
