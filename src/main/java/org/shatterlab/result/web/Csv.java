package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.springframework.http.HttpHeaders;

/** Answers of RFC 4180: one header line, and empty fields for what is null. */
final class Csv {

    static final String TYPE = "text/csv";

    private static final int BUFFER = 1 << 14;

    private Csv() {}

    /** Writes the header line. What is printed waits in a buffer until it is flushed: a write to the response is costly. */
    static CSVPrinter start(HttpServletResponse response, List<String> columns) throws IOException {
        response.setContentType(TYPE + "; charset=utf-8; header=present");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        return CSVFormat.RFC4180
                .builder()
                .setHeader(columns.toArray(String[]::new))
                .get()
                .print(new BufferedWriter(response.getWriter(), BUFFER));
    }
}
