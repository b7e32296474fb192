package org.shatterlab.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.shatterlab.lab.input.DatasetFolder;

/**
 * Measures cells one after the other, and says of each what of the process is resident before it and at its peak. On Linux
 * only.
 */
final class PeakMemory {

    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final String PEAK = "VmHWM:";

    private PeakMemory() {}

    /**
     * What is resident.
     *
     * @param before of bytes
     * @param peak the most of bytes
     */
    record Resident(long before, long peak) {

        private static final String MARK = "resident";

        static Stream<Resident> said(String output) {
            return output.lines()
                    .map(line -> line.split(" "))
                    .filter(words -> words[0].equals(MARK))
                    .map(words -> new Resident(Long.parseLong(words[1]), Long.parseLong(words[2])));
        }

        @Override
        public String toString() {
            return MARK + " " + before + " " + peak;
        }

        long growth() {
            return peak - before;
        }
    }

    /** What it takes to measure that is not there; empty where all is. */
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
     * Measures.
     *
     * @param arguments the folder of the data sets, and names of cells
     */
    public static void main(String[] arguments) throws IOException {
        DatasetFolder datasets = new DatasetFolder(Path.of(arguments[0]));
        Lab lab = Lab.open(Path.of("target/djl"), datasets);
        List<MeasuredCell> cells =
                Stream.of(arguments).skip(1).map(MeasuredCell::valueOf).toList();
        // Not the cells themselves: what they free the allocator may keep, and it would count as resident before.
        cells.stream().distinct().forEach(cell -> lab.measure(cell.small(datasets)));
        for (MeasuredCell cell : cells) {
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
