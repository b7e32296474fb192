package org.shatterlab.lab.engine;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.Objects;

/** What it means that a GPU failed. All failures are of one type: only what PyTorch and CUDA's libraries say tells. */
public final class GpuFailures {

    /** The last is said where there is none left for cuBLAS's own handle. */
    private static final List<String> OUT_OF_MEMORY =
            List.of("out of memory", "STATUS_ALLOC_FAILED", "ALLOCATION_FAILED", "CUBLAS_STATUS_NOT_INITIALIZED");

    private static final List<String> OF_THE_DEVICE = List.of(
            "CUDA error: ", "CUDA driver error: ", "CUDNN_STATUS_EXECUTION_FAILED", "CUDNN_STATUS_INTERNAL_ERROR");

    /** What CUDA and cuBLAS refuse to begin with. */
    private static final List<String> OF_THE_CALL = List.of(
            "invalid argument",
            "invalid configuration argument",
            "no kernel image is available",
            "CUBLAS_STATUS_INVALID_VALUE",
            "CUBLAS_STATUS_NOT_SUPPORTED");

    private GpuFailures() {}

    /** Whether fewer arrays may do. */
    public static boolean isOutOfMemory(EngineException failure) {
        return says(failure, OUT_OF_MEMORY);
    }

    /** Whether the GPU does nothing more for this process: CUDA then answers each later call with an error as well. */
    public static boolean isBroken(EngineException failure) {
        return says(failure, OF_THE_DEVICE) && !says(failure, OF_THE_CALL) && !isOutOfMemory(failure);
    }

    private static boolean says(EngineException failure, List<String> any) {
        String message = Objects.requireNonNullElse(failure.getMessage(), "");
        return any.stream().anyMatch(message::contains);
    }
}
