package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.JavaProcess;
import org.shatterlab.lab.PeakMemory.Resident;
import org.shatterlab.lab.input.DatasetFiles;
import org.shatterlab.lab.input.DatasetFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the measured memory of cells with the estimate. The heap of the measuring process is resident from the
 * start, so that all growth lies outside the heap.
 */
class RunMemoryEstimateIT {

    private static final Logger log = LoggerFactory.getLogger(RunMemoryEstimateIT.class);
    private static final int MEBIBYTE = 1 << 20;

    /** The heap for all other objects, with the room that a collector needs to move large arrays. */
    private static final double OTHER_HEAP = 24 * MEBIBYTE;

    /** The number of copies of the points on the heap: the rows as drawn, and one flat array. */
    private static final int POINT_COPIES = 2;

    /** The allowed growth of other memory: compiled code, and buffers in which the engine multiplies small blocks. */
    private static final double OTHER_MEMORY = 8 * MEBIBYTE;

    /** The settings of the allocator in the image. By default, the allocator keeps a random amount of freed memory. */
    private static final Map<String, String> ALLOCATOR_SETTINGS =
            Map.of("MALLOC_TRIM_THRESHOLD_", "1048576", "MALLOC_MMAP_THRESHOLD_", "1048576");

    private static final double MIN_MEASURED_SHARE = 0.3;
    private static final int REPETITIONS = 50;

    @TempDir
    private static Path folder;

    /** The threads that each wait for one measuring process, as many as cores. */
    private static final ExecutorService PROCESSES =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    private static final Map<MemoryTestCell, Future<Resident>> ALONE = new EnumMap<>(MemoryTestCell.class);

    private static DatasetFolder datasets;

    @BeforeAll
    static void prepare() {
        String missing = PeakMemory.missing();
        assumeTrue(missing.isEmpty(), "The test cannot measure memory without " + missing);
        DatasetFiles.cifar10(folder, MemoryTestCell.IMAGES, 1);
        datasets = new DatasetFolder(folder);
        for (MemoryTestCell cell : EnumSet.range(MemoryTestCell.WIDE, MemoryTestCell.CONVOLUTIONS_IN_FLOAT64)) {
            ALONE.put(cell, PROCESSES.submit(() -> measureAlone(cell)));
        }
    }

    @AfterAll
    static void stop() {
        PROCESSES.shutdownNow();
    }

    private static Resident measureAlone(MemoryTestCell cell) throws Exception {
        CellSpec spec = cell.of(datasets);
        double points = (double) spec.inputs().points() * spec.inputs().dimension();
        double heap = RunMemoryEstimate.of(spec).hostData() + POINT_COPIES * Double.BYTES * points;
        return measure(OTHER_HEAP + heap, List.of(cell)).getFirst();
    }

    static Set<MemoryTestCell> alone() {
        return ALONE.keySet();
    }

    /** The resident memory checks the estimate outside the heap. The small heap of the process checks the rest. */
    @ParameterizedTest
    @MethodSource("alone")
    void estimatesMemoryOfCell(MemoryTestCell cell) throws Exception {
        RunMemoryEstimate estimate = RunMemoryEstimate.of(cell.of(datasets));
        double estimated = estimate.weights() + estimate.arrays();
        double measured = Objects.requireNonNull(ALONE.get(cell)).get().growth();
        log.info(
                "{}: Measured {} MiB of the estimated {} MiB outside the heap. The estimate on the heap is {} MiB",
                cell,
                Math.round(measured / MEBIBYTE),
                Math.round(estimated / MEBIBYTE),
                Math.round(estimate.hostData() / MEBIBYTE));
        assertThat(measured).isBetween(MIN_MEASURED_SHARE * estimated, estimated + OTHER_MEMORY);
    }

    @Test
    void usesSameMemoryAtEveryDepth() throws Exception {
        List<Resident> resident =
                measure(2 * OTHER_HEAP, List.of(MemoryTestCell.SHALLOW, MemoryTestCell.SHALLOW, MemoryTestCell.DEEP));
        double shallow = resident.get(1).peak();
        double deep = resident.get(2).peak();
        log.info("Peak memory is {} MiB at depth 10 and {} MiB at depth 200", shallow / MEBIBYTE, deep / MEBIBYTE);
        assertThat(deep).isLessThan(shallow + OTHER_MEMORY);
    }

    @ParameterizedTest
    @EnumSource(names = {"REPEATED", "REPEATED_CONVOLUTIONS"})
    void releasesMemoryAfterEachCell(MemoryTestCell cell) throws Exception {
        int before = 10;
        List<Resident> resident = measure(3 * OTHER_HEAP, Collections.nCopies(before + REPETITIONS, cell));
        double growth = resident.getLast().before() - resident.get(before).before();
        log.info("{}: Memory grew by {} MiB in {} repetitions", cell, growth / MEBIBYTE, REPETITIONS);
        assertThat(growth).isLessThan(OTHER_MEMORY);
    }

    private static List<Resident> measure(double heap, List<MemoryTestCell> cells) throws Exception {
        long mebibytes = (long) Math.ceil(heap / MEBIBYTE);
        List<String> options = List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+AlwaysPreTouch",
                "-Xms" + mebibytes + "m",
                "-Xmx" + mebibytes + "m",
                "-Xmn4m");
        List<String> arguments = Stream.concat(
                        Stream.of(folder.toString()), cells.stream().map(MemoryTestCell::name))
                .toList();
        Path output = Files.createTempFile(folder, "output", ".txt");
        try (JavaProcess process =
                JavaProcess.start(output, options, ALLOCATOR_SETTINGS, PeakMemory.class, arguments)) {
            assertThat(process.exit().get(5, TimeUnit.MINUTES))
                    .as(process::output)
                    .isZero();
            return Resident.parse(process.output()).toList();
        }
    }
}
