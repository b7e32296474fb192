package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultRow;

/** Rows as CSV, written as they come: the database reads and the JVM merges the next rows while these are printed. */
final class RowCsv implements AutoCloseable {

    private static final List<String> COLUMNS = List.of(
            "network",
            "depth",
            "statistic",
            "index",
            "mean",
            "standardDeviation",
            "standardError",
            "runs",
            "paper",
            "derived",
            "infiniteWidth",
            "note");

    private final CSVPrinter printer;
    private final BackgroundWriter<Line> lines;

    private RowCsv(CSVPrinter printer) {
        this.printer = printer;
        lines = BackgroundWriter.start("csv", this::print);
    }

    private record Line(@Nullable UUID experiment, ResultRow row) {}

    /**
     * Writes the header line.
     *
     * @param namesExperiment whether the first column is each row's experiment
     */
    static RowCsv start(HttpServletResponse response, boolean namesExperiment) throws IOException {
        List<String> columns = new ArrayList<>(COLUMNS);
        if (namesExperiment) {
            columns.addFirst("experiment");
        }
        return new RowCsv(Csv.start(response, columns));
    }

    /**
     * Has a row written.
     *
     * @param experiment null where the header does not name it
     * @return true
     * @throws UncheckedIOException where an earlier one could not be written
     */
    boolean print(@Nullable UUID experiment, ResultRow row) {
        lines.put(new Line(experiment, row));
        return true;
    }

    /** Writes what is left, to the last row. */
    void end() {
        lines.end();
        try {
            printer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing is written after this returns. */
    @Override
    public void close() {
        lines.close();
    }

    private void print(Line line) throws IOException {
        ResultRow row = line.row();
        ResultRow.Predicted predicted = row.predictions();
        if (line.experiment() != null) {
            printer.print(line.experiment());
        }
        printer.printRecord(
                row.network(),
                row.depth(),
                row.statistic(),
                row.index(),
                row.mean(),
                row.standardDeviation(),
                row.standardError(),
                row.runs(),
                predicted.paper(),
                predicted.derived(),
                predicted.infiniteWidth(),
                predicted.note());
    }
}
