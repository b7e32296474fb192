package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.shatterlab.result.ResultRow;

/**
 * Rows as CSV, written as they come, on a thread of its own: the database reads and the JVM merges the next rows while these are
 * printed.
 */
final class RowCsv implements AutoCloseable {

    /** How many rows are handed over at a time, and how often before those that are read wait for those that are printed. */
    private static final int BATCH = 500;

    private static final int BATCHES = 4;

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

    /** An empty one is the last. */
    private final BlockingQueue<List<Line>> waiting = new ArrayBlockingQueue<>(BATCHES);

    private final Thread printing = Thread.ofVirtual().name("csv").unstarted(this::printWaiting);
    private List<Line> next = new ArrayList<>(BATCH);
    private volatile @Nullable Throwable failure;

    private RowCsv(CSVPrinter printer) {
        this.printer = printer;
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
        RowCsv csv = new RowCsv(Csv.start(response, columns));
        csv.printing.start();
        return csv;
    }

    /**
     * Has a row written.
     *
     * @param experiment null where the header does not name it
     * @return true
     * @throws UncheckedIOException where an earlier one could not be written
     */
    boolean print(@Nullable UUID experiment, ResultRow row) {
        next.add(new Line(experiment, row));
        if (next.size() == BATCH) {
            handOver();
        }
        return true;
    }

    /** Writes what is left, to the last row. */
    void end() {
        if (!next.isEmpty()) {
            handOver();
        }
        close();
        requireWritten();
        try {
            printer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing is written after this returns. */
    @Override
    public void close() {
        if (printing.isAlive()) {
            put(List.of());
            try {
                printing.join();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private void handOver() {
        put(next);
        next = new ArrayList<>(BATCH);
        requireWritten();
    }

    private void put(List<Line> lines) {
        try {
            waiting.put(lines);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static UncheckedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted while rows were written");
        interrupted.initCause(e);
        return new UncheckedIOException(interrupted);
    }

    private void requireWritten() {
        switch (failure) {
            case null -> {}
            case IOException io -> throw new UncheckedIOException(io);
            case RuntimeException other -> throw other;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    /** What cannot be written is taken from who reads all the same, who is told with the next batch. */
    private void printWaiting() {
        try {
            for (List<Line> lines = waiting.take(); !lines.isEmpty(); lines = waiting.take()) {
                if (failure == null) {
                    print(lines);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void print(List<Line> lines) {
        try {
            for (Line line : lines) {
                print(line);
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
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
