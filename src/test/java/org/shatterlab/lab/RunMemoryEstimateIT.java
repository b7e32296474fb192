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
 * What cells take of memory, against what is estimated of them. They are measured in a process whose heap is all resident from
 * the start, so that whatever grows lies outside it.
 */
class RunMemoryEstimateIT {

    private static final Logger log = LoggerFactory.getLogger(RunMemoryEstimateIT.class);
    private static final int MEBIBYTE = 1 << 20;

    /** What else there is on the heap, and what a collector needs to move large arrays about. */
    private static final double OTHER_HEAP = 24 * MEBIBYTE;

    /** Of the points on the heap, as they are drawn and in one array. */
    private static final int COPIES = 2;

    /** What else may grow: code that is compiled, and what the engine multiplies small blocks in. */
    private static final double OTHER_MEMORY = 8 * MEBIBYTE;

    /** Otherwise the allocator keeps much of what is freed, and how much is chance. */
    private static final Map<String, String> AS_IN_THE_IMAGE =
            Map.of("MALLOC_TRIM_THRESHOLD_", "1048576", "MALLOC_MMAP_THRESHOLD_", "1048576");

    private static final double MIN_SHARE = 0.3;
    private static final int REPETITIONS = 50;

    @TempDir
    private static Path folder;

    /** One process on each core. */
    private static final ExecutorService PROCESSES =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    private static final Map<MeasuredCell, Future<Resident>> ALONE = new EnumMap<>(MeasuredCell.class);

    private static DatasetFolder datasets;

    @BeforeAll
    static void prepare() {
        String missing = PeakMemory.missing();
        assumeTrue(missing.isEmpty(), "Memory cannot be measured without " + missing);
        DatasetFiles.cifar10(folder, MeasuredCell.IMAGES, 1);
        datasets = new DatasetFolder(folder);
        for (MeasuredCell cell : EnumSet.range(MeasuredCell.WIDE, MeasuredCell.CONVOLUTIONS_IN_FLOAT64)) {
            ALONE.put(cell, PROCESSES.submit(() -> measureAlone(cell)));
        }
    }

    @AfterAll
    static void stop() {
        PROCESSES.shutdownNow();
    }

    private static Resident measureAlone(MeasuredCell cell) throws Exception {
        CellSpec spec = cell.of(datasets);
        double points = (double) spec.inputs().points() * spec.inputs().dimension();
        double heap = RunMemoryEstimate.of(spec).kept() + COPIES * Double.BYTES * points;
        return measure(OTHER_HEAP + heap, List.of(cell)).getFirst();
    }

    static Set<MeasuredCell> alone() {
        return ALONE.keySet();
    }

    /** Outside the heap by what is resident, on the heap by that it is enough. */
    @ParameterizedTest
    @MethodSource("alone")
    void aCellTakesNoMoreThanIsEstimatedAndNotMuchLess(MeasuredCell cell) throws Exception {
        RunMemoryEstimate estimate = RunMemoryEstimate.of(cell.of(datasets));
        double estimated = estimate.weights() + estimate.arrays();
        double measured = Objects.requireNonNull(ALONE.get(cell)).get().growth();
        log.info(
                "{}: {} MiB measured of {} MiB estimated outside the heap, {} MiB on it",
                cell,
                Math.round(measured / MEBIBYTE),
                Math.round(estimated / MEBIBYTE),
                Math.round(estimate.kept() / MEBIBYTE));
        assertThat(measured).isBetween(MIN_SHARE * estimated, estimated + OTHER_MEMORY);
    }

    @Test
    void aSweepTakesTheSameMemoryWhateverTheDepth() throws Exception {
        List<Resident> resident =
                measure(2 * OTHER_HEAP, List.of(MeasuredCell.SHALLOW, MeasuredCell.SHALLOW, MeasuredCell.DEEP));
        double shallow = resident.get(1).peak();
        double deep = resident.get(2).peak();
        log.info("{} MiB at depth 10, {} MiB at depth 200", shallow / MEBIBYTE, deep / MEBIBYTE);
        assertThat(deep).isLessThan(shallow + OTHER_MEMORY);
    }

    @ParameterizedTest
    @EnumSource(names = {"REPEATED", "REPEATED_CONVOLUTIONS"})
    void measuringOverAndOverAgainTakesNoMoreMemory(MeasuredCell cell) throws Exception {
        int before = 10;
        List<Resident> resident = measure(3 * OTHER_HEAP, Collections.nCopies(before + REPETITIONS, cell));
        double growth = resident.getLast().before() - resident.get(before).before();
        log.info("{}: {} MiB more after {} repetitions", cell, growth / MEBIBYTE, REPETITIONS);
        assertThat(growth).isLessThan(OTHER_MEMORY);
    }

    private static List<Resident> measure(double heap, List<MeasuredCell> cells) throws Exception {
        long mebibytes = (long) Math.ceil(heap / MEBIBYTE);
        List<String> options = List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+AlwaysPreTouch",
                "-Xms" + mebibytes + "m",
                "-Xmx" + mebibytes + "m",
                "-Xmn4m");
        List<String> arguments = Stream.concat(
                        Stream.of(folder.toString()), cells.stream().map(MeasuredCell::name))
                .toList();
        Path output = Files.createTempFile(folder, "output", ".txt");
        try (JavaProcess process = JavaProcess.start(output, options, AS_IN_THE_IMAGE, PeakMemory.class, arguments)) {
            assertThat(process.exit().get(5, TimeUnit.MINUTES))
                    .as(process::output)
                    .isZero();
            return Resident.said(process.output()).toList();
        }
    }
}
