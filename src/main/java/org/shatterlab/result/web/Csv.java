package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.Flushable;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.springframework.http.HttpHeaders;

/** Writes responses as CSV (RFC 4180), with one header line. A null value becomes an empty field. */
final class Csv {

    /** The media type of CSV. */
    static final String TYPE = "text/csv";

    private static final int BUFFER_SIZE = 1 << 14;

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

    private Csv() {}

    /**
     * Writes the header line, and returns a printer for the rows. The caller must flush the printer after the last row.
     */
    static CSVPrinter start(HttpServletResponse response, List<String> columns) throws IOException {
        response.setContentType(TYPE + "; charset=utf-8; header=present");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        return CSVFormat.RFC4180
                .builder()
                .setHeader(columns.toArray(String[]::new))
                .get()
                .print(new UnlockedBuffer(new StringBuilder(2 * BUFFER_SIZE), response.getWriter()));
    }
}
