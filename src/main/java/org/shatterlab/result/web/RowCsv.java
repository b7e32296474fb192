package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultRow;

/** Writes rows as CSV on a background thread, while the caller reads and merges the next rows. */
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

    private final Csv printer;
    private final BackgroundWriter<Line> lines;

    private RowCsv(Csv printer) {
        this.printer = printer;
        lines = BackgroundWriter.start("csv", this::print);
    }

    private record Line(@Nullable UUID experiment, ResultRow row) {}

    /**
     * Writes the header line, and starts the background thread.
     *
     * @param withExperiment whether the first column is the experiment of the row
     * @param forSpreadsheet whether texts that begin like a formula get an apostrophe
     */
    static RowCsv start(HttpServletResponse response, boolean withExperiment, boolean forSpreadsheet)
            throws IOException {
        List<String> columns = new ArrayList<>(COLUMNS);
        if (withExperiment) {
            columns.addFirst("experiment");
        }
        return new RowCsv(Csv.start(response, columns, forSpreadsheet));
    }

    /**
     * Queues a row.
     *
     * @param experiment the experiment of the row; null if the table has no column for the experiment
     * @throws UncheckedIOException if an earlier row could not be written
     */
    void print(@Nullable UUID experiment, ResultRow row) {
        lines.add(new Line(experiment, row));
    }

    /**
     * Waits until all rows are written, and flushes the response.
     *
     * @throws UncheckedIOException if a row could not be written
     */
    void finish() {
        lines.finish();
        try {
            printer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the background thread. Nothing is written after the method returns. */
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
