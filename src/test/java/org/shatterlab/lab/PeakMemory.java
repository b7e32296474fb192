package org.shatterlab.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.shatterlab.lab.input.DatasetFolder;

/**
 * Measures cells one after the other and prints the resident memory of the process before each cell and at its peak.
 * Runs on Linux only.
 */
final class PeakMemory {

    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final String PEAK = "VmHWM:";

    private PeakMemory() {}

    /**
     * The resident memory of the process for one cell.
     *
     * @param before the bytes before the cell
     * @param peak the largest number of bytes during the cell
     */
    record Resident(long before, long peak) {

        private static final String PREFIX = "resident";

        /** Parses the lines that {@link #toString} wrote. Other lines are ignored. */
        static Stream<Resident> parse(String output) {
            return output.lines()
                    .map(line -> line.split(" "))
                    .filter(words -> words[0].equals(PREFIX))
                    .map(words -> new Resident(Long.parseLong(words[1]), Long.parseLong(words[2])));
        }

        @Override
        public String toString() {
            return PREFIX + " " + before + " " + peak;
        }

        long growth() {
            return peak - before;
        }
    }

    /** Returns the missing prerequisites of a measurement; empty if none is missing. */
    static String missing() {
        if (!Files.isWritable(CLEAR_REFS)) {
            return CLEAR_REFS + ", or the permission to write to it";
        }
        try {
            String status = Files.readString(STATUS);
            return Stream.of(RESIDENT, PEAK)
                    .filter(field -> !status.contains(field))
                    .map(field -> field + " in " + STATUS)
                    .collect(Collectors.joining(", "));
        } catch (IOException _) {
            return STATUS.toString();
        }
    }

    /**
     * Measures cells and prints a {@link Resident} for each.
     *
     * @param arguments the folder of the data sets and the names of the cells
     */
    public static void main(String[] arguments) throws IOException {
        DatasetFolder datasets = new DatasetFolder(Path.of(arguments[0]));
        Lab lab = Lab.open(Path.of("target/djl"), datasets);
        List<MemoryTestCell> cells =
                Stream.of(arguments).skip(1).map(MemoryTestCell::valueOf).toList();
        // Small cells warm up the process. Full cells would not do: the allocator may keep their freed memory, which
        // would
        // count as resident before the measurement.
        cells.stream().distinct().forEach(cell -> lab.measure(cell.small(datasets)));
        for (MemoryTestCell cell : cells) {
            System.gc();
            Files.writeString(CLEAR_REFS, "5");
            long before = bytes(RESIDENT);
            lab.measure(cell.of(datasets));
            System.out.println(new Resident(before, bytes(PEAK)));
        }
    }

    private static long bytes(String field) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
