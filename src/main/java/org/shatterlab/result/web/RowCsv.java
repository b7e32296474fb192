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

/** Rows as CSV, written as they come. */
final class RowCsv {

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

    private RowCsv(CSVPrinter printer) {
        this.printer = printer;
    }

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
     * Writes a row.
     *
     * @param experiment null where the header does not name it
     * @return true
     */
    boolean print(@Nullable UUID experiment, ResultRow row) {
        ResultRow.Predicted predicted = row.predictions();
        try {
            if (experiment != null) {
                printer.print(experiment);
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
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void end() throws IOException {
        printer.flush();
    }
}
