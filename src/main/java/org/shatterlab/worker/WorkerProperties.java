package org.shatterlab.worker;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.shatterlab.lab.Lab;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a worker process computes.
 *
 * @param device what cells are computed on: {@code cpu}, {@code gpu} for all GPUs, {@code gpu:N} for one of them, from 0, or
 *     {@code auto} for the GPUs that the engine finds, else the CPU
 * @param threads how many cells are computed at a time; 0 for one per core, or 64 per GPU
 * @param attempts how often a cell is tried that fails for another reason than its specification
 * @param grace how long cells may go on when the process is told to stop; then they are handed back, which
 *     takes up to 10 s more
 * @param memory what one cell may take outside the heap, {@code 3GB} for example; 0 for its share of the machine's, or of a
 *     GPU's
 */
@ConfigurationProperties("shatterlab.worker")
record WorkerProperties(
        @DefaultValue("auto") String device,
        @DefaultValue("0") int threads,
        @DefaultValue("3") int attempts,
        @DefaultValue("20s") Duration grace,
        @DefaultValue("0") DataSize memory) {

    /** They wait for their GPU, which takes what waits together. */
    private static final int CELLS_PER_GPU = 64;

    private static final Pattern DEVICES = Pattern.compile("auto|cpu|gpu(:\\d{1,4})?");

    WorkerProperties {
        if (!DEVICES.matcher(device).matches()) {
            throw new IllegalArgumentException(
                    "shatterlab.worker.device must be auto, cpu, gpu or gpu:N, not " + device);
        }
        if (threads < 0 || attempts < 1 || grace.isNegative() || memory.isNegative()) {
            throw new IllegalArgumentException(
                    "shatterlab.worker.threads, .grace and .memory must not be negative, and .attempts at least 1");
        }
    }

    /**
     * The GPUs to compute on, by their numbers; none for the CPU.
     *
     * @param found how many the engine finds
     * @throws IllegalStateException where it does not find what is asked for
     */
    List<Integer> gpus(int found) {
        if (device.equals("cpu")) {
            return List.of();
        }
        int colon = device.indexOf(':');
        int least = colon < 0 ? 1 : Integer.parseInt(device.substring(colon + 1)) + 1;
        if (found < least && !device.equals("auto")) {
            throw new IllegalStateException("shatterlab.worker.device is " + device + ", but the engine finds " + found
                    + " GPUs; it needs PyTorch for CUDA, and the driver (see \"On a GPU\" in the README)");
        }
        return IntStream.range(colon < 0 ? 0 : least - 1, colon < 0 ? found : least)
                .boxed()
                .toList();
    }

    /** How many cells are computed at a time. */
    int parallelism(List<Lab> labs) {
        if (threads > 0) {
            return threads;
        }
        return switch (labs.getFirst().deviceClass()) {
            case CPU -> Runtime.getRuntime().availableProcessors();
            case GPU -> CELLS_PER_GPU * labs.size();
        };
    }

    /** What one cell may take, whichever device it comes to. */
    long memoryBytes(List<Lab> labs) {
        if (memory.toBytes() > 0) {
            return memory.toBytes();
        }
        return switch (labs.getFirst().deviceClass()) {
            case CPU -> MemoryShare.share(parallelism(labs));
            case GPU -> labs.stream().mapToLong(Lab::deviceBytes).min().orElseThrow();
        };
    }
}
