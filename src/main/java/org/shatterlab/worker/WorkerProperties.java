package org.shatterlab.worker;

import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.hibernate.validator.constraints.time.DurationMin;
import org.shatterlab.lab.Lab;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of a worker process.
 *
 * @param device the device that computes cells: {@code cpu}, {@code gpu} for all GPUs, {@code gpu:N} for GPU number N
 *     from 0, or {@code auto} for all GPUs of the engine, else the CPU
 * @param threads the number of cells computed at a time; 0 for one per core, or 64 per GPU
 * @param attempts the number of attempts at a cell that fails for another reason than its specification
 * @param grace the time for which cells continue when the process stops; cells are then returned to the queue, which
 *     takes up to 10 s more
 * @param memory the memory of one cell outside the heap, such as {@code 3GB}; 0 for its share of the memory of the
 *     machine or of a GPU
 */
@Validated
@ConfigurationProperties("shatterlab.worker")
record WorkerProperties(
        @DefaultValue("auto") @Pattern(regexp = "auto|cpu|gpu(:\\d{1,4})?", message = "must be auto, cpu, gpu or gpu:N")
        String device,

        @DefaultValue("0") @PositiveOrZero int threads,
        @DefaultValue("3") @Positive int attempts,

        @DefaultValue("20s") @DurationMin(message = "must not be negative")
        Duration grace,

        @DefaultValue("0") DataSize memory) {

    /** The default number of threads per GPU. Their cells wait for the GPU, which measures siblings together. */
    private static final int CELLS_PER_GPU = 64;

    WorkerProperties {
        if (memory.isNegative()) {
            throw new IllegalArgumentException("shatterlab.worker.memory must not be negative");
        }
    }

    /**
     * Returns the numbers of the GPUs to compute on. Empty for the CPU.
     *
     * @param found the number of GPUs that the engine finds
     * @throws IllegalStateException if the engine does not find the configured GPUs
     */
    List<Integer> gpus(int found) {
        if (device.equals("cpu")) {
            return List.of();
        }
        int colon = device.indexOf(':');
        int least = colon < 0 ? 1 : Integer.parseInt(device.substring(colon + 1)) + 1;
        if (found < least && !device.equals("auto")) {
            throw new IllegalStateException("shatterlab.worker.device is " + device + ", but the engine finds " + found
                    + " GPUs. GPUs need PyTorch for CUDA and the driver (see \"On a GPU\" in the documentation).");
        }
        return IntStream.range(colon < 0 ? 0 : least - 1, colon < 0 ? found : least)
                .boxed()
                .toList();
    }

    /** Returns how many cells are computed at the same time. */
    int parallelism(List<Lab> labs) {
        if (threads > 0) {
            return threads;
        }
        return switch (labs.getFirst().deviceClass()) {
            case CPU -> Runtime.getRuntime().availableProcessors();
            case GPU -> CELLS_PER_GPU * labs.size();
        };
    }

    /** Returns the memory in bytes that one cell may use on every device of the process. */
    long memoryBytes(List<Lab> labs) {
        if (memory.toBytes() > 0) {
            return memory.toBytes();
        }
        return switch (labs.getFirst().deviceClass()) {
            case CPU -> MemoryShare.share(parallelism(labs));
            case GPU -> labs.stream().mapToLong(Lab::gpuMemoryBytes).min().orElseThrow();
        };
    }
}
