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
import org.shatterlab.lab.statistic.Moments;
import org.shatterlab.lab.statistic.RatioMoments;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Writes the results of cells, in the transaction that marks the cells as done. */
@Repository
public class ResultStore {

    /** The depth that the tables store for noise, which has no depth. */
    public static final int NO_DEPTH = 0;

    /** The index that the tables store for a statistic with a single value. */
    static final int NO_INDEX = -1;

    private final JdbcTemplate jdbc;

    ResultStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Writes the result of one cell. The caller must have opened the transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void save(String fingerprint, CellResult result) {
        save(Map.of(fingerprint, result));
    }

    /** Writes the results of cells by their fingerprints. The caller must have opened the transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void save(Map<String, CellResult> results) {
        jdbc.batchUpdate(
                """
                insert into cell_row (fingerprint, statistic, depth, index, count, mean, m2,
                                      mean_denominator, m2_denominator, co_moment)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                valuesOf(results, CellResult::rows),
                1000,
                (statement, cellValue) -> bind(statement, cellValue.fingerprint(), cellValue.value()));
        jdbc.batchUpdate("""
                insert into cell_matrix (fingerprint, statistic, depth, rows, columns, count, entries)
                values (?, ?, ?, ?, ?, ?, ?)""", valuesOf(results, CellResult::matrices), 100, (statement, cellValue) -> {
            CellResult.Matrix matrix = cellValue.value();
            statement.setString(1, cellValue.fingerprint());
            statement.setString(2, matrix.statistic().apiName());
            statement.setInt(3, depth(matrix.depth()));
            statement.setInt(4, matrix.rows());
            statement.setInt(5, matrix.columns());
            statement.setLong(6, matrix.runs());
            statement.setBytes(7, bytes(matrix.values()));
        });
        jdbc.batchUpdate(
                "insert into cell_series (fingerprint, depth, run, gradient) values (?, ?, ?, ?)",
                valuesOf(results, CellResult::series),
                100,
                (statement, cellValue) -> {
                    statement.setString(1, cellValue.fingerprint());
                    statement.setInt(2, depth(cellValue.value().depth()));
                    statement.setInt(3, cellValue.value().run());
                    statement.setBytes(4, bytes(cellValue.value().values()));
                });
    }

    /** A value of a cell's result, with the fingerprint of the cell. */
    private record CellValue<T>(String fingerprint, T value) {}

    private static <T> List<CellValue<T>> valuesOf(
            Map<String, CellResult> results, Function<CellResult, List<T>> component) {
        return results.entrySet().stream()
                .flatMap(entry ->
                        component.apply(entry.getValue()).stream().map(value -> new CellValue<>(entry.getKey(), value)))
                .toList();
    }

    private static void bind(PreparedStatement statement, String fingerprint, CellResult.Row row) throws SQLException {
        statement.setString(1, fingerprint);
        statement.setString(2, row.statistic().apiName());
        statement.setInt(3, depth(row.depth()));
        statement.setInt(4, index(row.index()));
        bind(statement, 5, row.moments());
    }

    /** Binds moments to six columns: the count, the mean, the second moment and the three columns of a ratio. */
    static void bind(PreparedStatement statement, int column, Moments moments) throws SQLException {
        switch (moments) {
            case MeanMoments(long count, double mean, double m2) -> {
                bind(statement, column, count, mean, m2);
                for (int ratio = column + 3; ratio < column + 6; ratio++) {
                    statement.setNull(ratio, Types.DOUBLE);
                }
            }
            case RatioMoments ratio -> {
                bind(statement, column, ratio.count(), ratio.meanNumerator(), ratio.m2Numerator());
                statement.setDouble(column + 3, ratio.meanDenominator());
                statement.setDouble(column + 4, ratio.m2Denominator());
                statement.setDouble(column + 5, ratio.coMoment());
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
