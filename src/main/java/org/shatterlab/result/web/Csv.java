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

/** Answers of RFC 4180: one header line, and empty fields for what is null. */
final class Csv {

    static final String TYPE = "text/csv";

    private static final int BUFFER = 1 << 14;

    /** A printer writes its values and commas one by one, and each write to a response, or to a buffered writer, takes a lock. */
    private record Buffered(StringBuilder text, Writer out) implements Appendable, Flushable {

        @Override
        public Appendable append(CharSequence sequence) throws IOException {
            text.append(sequence);
            return drained();
        }

        @Override
        public Appendable append(CharSequence sequence, int start, int end) throws IOException {
            text.append(sequence, start, end);
            return drained();
        }

        @Override
        public Appendable append(char character) throws IOException {
            text.append(character);
            return drained();
        }

        private Appendable drained() throws IOException {
            if (text.length() >= BUFFER) {
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

    /** Writes the header line. What is printed waits in a buffer until it is flushed. */
    static CSVPrinter start(HttpServletResponse response, List<String> columns) throws IOException {
        response.setContentType(TYPE + "; charset=utf-8; header=present");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        return CSVFormat.RFC4180
                .builder()
                .setHeader(columns.toArray(String[]::new))
                .get()
                .print(new Buffered(new StringBuilder(2 * BUFFER), response.getWriter()));
    }
}
