package org.shatterlab.lab.engine;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.Objects;

/**
 * Classifies failures of a GPU. The engine throws one type of exception for all failures, so only the messages of
 * PyTorch and of CUDA's libraries distinguish them.
 */
public final class GpuFailures {

    /** PyTorch reports the last message when no memory is left for the handle of cuBLAS. */
    private static final List<String> MEMORY_ERRORS =
            List.of("out of memory", "STATUS_ALLOC_FAILED", "ALLOCATION_FAILED", "CUBLAS_STATUS_NOT_INITIALIZED");

    private static final List<String> DEVICE_ERRORS = List.of(
            "CUDA error: ", "CUDA driver error: ", "CUDNN_STATUS_EXECUTION_FAILED", "CUDNN_STATUS_INTERNAL_ERROR");

    /** CUDA and cuBLAS reject such a call before they start any work, so the device stays usable. */
    private static final List<String> CALL_ERRORS = List.of(
            "invalid argument",
            "invalid configuration argument",
            "no kernel image is available",
            "CUBLAS_STATUS_INVALID_VALUE",
            "CUBLAS_STATUS_NOT_SUPPORTED");

    private GpuFailures() {}

    /** Returns whether the GPU ran out of memory, so that a computation with fewer arrays may succeed. */
    public static boolean isOutOfMemory(EngineException failure) {
        return containsAny(failure, MEMORY_ERRORS);
    }

    /**
     * Returns whether this process can no longer use the GPU. After such a failure, CUDA also answers each later call
     * with an error.
     */
    public static boolean isBroken(EngineException failure) {
        return containsAny(failure, DEVICE_ERRORS) && !containsAny(failure, CALL_ERRORS) && !isOutOfMemory(failure);
    }

    private static boolean containsAny(EngineException failure, List<String> messages) {
        String message = Objects.requireNonNullElse(failure.getMessage(), "");
        return messages.stream().anyMatch(message::contains);
    }
}
