package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.Flushable;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Writes a response as CSV (RFC 4180), with one header line. A null value becomes an empty field. On request, texts that
 * a spreadsheet would read as formulas begin with an apostrophe. Not thread-safe.
 */
final class Csv {

    /** The media type of CSV. */
    static final String TYPE = "text/csv";

    /** The query parameter that asks for texts which spreadsheets do not read as formulas. */
    static final String SPREADSHEET = "spreadsheet";

    private static final int BUFFER_SIZE = 1 << 14;

    /** The characters that begin a formula in a spreadsheet, also behind white space that spreadsheets drop. */
    private static final Pattern FORMULA = Pattern.compile("[\\s=+@-].*", Pattern.DOTALL);

    private final CSVPrinter printer;
    private final boolean forSpreadsheet;

    /**
     * A buffer without locks in front of a writer. A CSV printer writes each value and each comma separately. Each
     * write to a response, or to a {@link java.io.BufferedWriter}, acquires a lock.
     */
    private record UnlockedBuffer(StringBuilder text, Writer out) implements Appendable, Flushable {

        @Override
        public Appendable append(CharSequence sequence) throws IOException {
            text.append(sequence);
            return drainIfFull();
        }

        @Override
        public Appendable append(CharSequence sequence, int start, int end) throws IOException {
            text.append(sequence, start, end);
            return drainIfFull();
        }

        @Override
        public Appendable append(char character) throws IOException {
            text.append(character);
            return drainIfFull();
        }

        private Appendable drainIfFull() throws IOException {
            if (text.length() >= BUFFER_SIZE) {
                drain();
            }
            return this;
        }

        private void drain() throws IOException {
            out.append(text);
            text.setLength(0);
        }

        @Override
        public void flush() throws IOException {
            drain();
            out.flush();
        }
    }

    private Csv(CSVPrinter printer, boolean forSpreadsheet) {
        this.printer = printer;
        this.forSpreadsheet = forSpreadsheet;
    }

    /**
     * Writes the header line, and returns a printer for the rows. The caller must flush the printer after the last row.
     *
     * @param forSpreadsheet whether texts that begin like a formula get an apostrophe; numbers stay numbers
     */
    static Csv start(HttpServletResponse response, List<String> columns, boolean forSpreadsheet) throws IOException {
        response.setContentType(TYPE + "; charset=utf-8; header=present");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        return new Csv(
                CSVFormat.RFC4180
                        .builder()
                        .setHeader(columns.toArray(String[]::new))
                        .get()
                        .print(new UnlockedBuffer(new StringBuilder(2 * BUFFER_SIZE), response.getWriter())),
                forSpreadsheet);
    }

    /** Writes one field. */
    void print(Object value) throws IOException {
        printer.print(field(value));
    }

    /** Writes fields and ends the row. */
    void printRecord(@Nullable Object... values) throws IOException {
        for (Object value : values) {
            printer.print(field(value));
        }
        printer.println();
    }

    void flush() throws IOException {
        printer.flush();
    }

    private @Nullable Object field(@Nullable Object value) {
        return forSpreadsheet
                        && value instanceof String text
                        && FORMULA.matcher(text).matches()
                ? "'" + text
                : value;
    }
}
