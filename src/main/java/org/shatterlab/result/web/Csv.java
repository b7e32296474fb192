package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.springframework.http.HttpHeaders;

/** Answers of RFC 4180: one header line, and empty fields for what is null. */
final class Csv {

    static final String TYPE = "text/csv";

    private Csv() {}

    /** Writes the header line. */
    static CSVPrinter start(HttpServletResponse response, List<String> columns) throws IOException {
        response.setContentType(TYPE + "; charset=utf-8; header=present");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        return CSVFormat.RFC4180
                .builder()
                .setHeader(columns.toArray(String[]::new))
                .get()
                .print(response.getWriter());
    }
}
