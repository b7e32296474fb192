package org.shatterlab.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A table of all measurements of the suite, in Markdown. Thread-safe. */
final class FaultTable {

    private final List<FaultCheck> checks = new ArrayList<>();

    /**
     * A row of the table: a measurement and the limit that the service promises.
     *
     * @param fault fault of the scenario
     * @param measured quantity with its measured value
     * @param limit promised limit
     * @param holds whether the measured value satisfies the limit
     */
    record FaultCheck(String fault, String measured, String limit, boolean holds) {

        @Override
        public String toString() {
            return "| %s | %s | %s | %s |".formatted(fault, measured, limit, holds ? "pass" : "**FAIL**");
        }
    }

    synchronized void add(FaultCheck check) {
        checks.add(check);
    }

    /** Prints the table and writes the table to a file. */
    synchronized void publish(String title, Path file) {
        String table = checks.stream()
                .map(check -> check + "\n")
                .collect(Collectors.joining(
                        "",
                        title + "\n\n| fault | measurement | limit | result |\n|---|---|---|---|\n",
                        String.format(
                                Locale.ROOT,
                                "\n%d of %d checks failed.\n",
                                checks.stream().filter(check -> !check.holds()).count(),
                                checks.size())));
        System.out.println("\n" + table);
        try {
            Files.writeString(file, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
