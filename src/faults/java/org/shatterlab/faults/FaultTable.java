package org.shatterlab.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the suite found, as a table in Markdown. */
final class FaultTable {

    private final List<Line> lines = new ArrayList<>();

    /**
     * One promise.
     *
     * @param done to the service
     * @param measured what, and what it came to
     * @param limit what was promised
     */
    record Line(String done, String measured, String limit, boolean holds) {

        @Override
        public String toString() {
            return "| %s | %s | %s | %s |".formatted(done, measured, limit, holds ? "pass" : "**FAIL**");
        }
    }

    synchronized void add(Line line) {
        lines.add(line);
    }

    /** Prints the table, and writes it to a file. */
    synchronized void publish(String title, Path file) {
        String table = lines.stream()
                .map(line -> line + "\n")
                .collect(Collectors.joining(
                        "",
                        title + "\n\n| what was done | what was measured | limit | |\n|---|---|---|---|\n",
                        "\n%d of %d lines failed.\n"
                                .formatted(
                                        lines.stream()
                                                .filter(line -> !line.holds())
                                                .count(),
                                        lines.size())));
        System.out.println("\n" + table);
        try {
            Files.writeString(file, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
