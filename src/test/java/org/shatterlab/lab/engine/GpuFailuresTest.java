package org.shatterlab.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classifies messages of PyTorch 2.7. */
class GpuFailuresTest {

    private static final String SUFFIX = """

            CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
            For debugging consider passing CUDA_LAUNCH_BLOCKING=1
            Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA error: an illegal memory access was encountered" + SUFFIX,
                "CUDA error: uncorrectable ECC error encountered" + SUFFIX,
                "CUDA error: unspecified launch failure" + SUFFIX,
                "CUDA error: misaligned address" + SUFFIX,
                "CUDA error: device-side assert triggered" + SUFFIX,
                "CUDA error: the launch timed out and was terminated" + SUFFIX,
                "CUDA error: unknown error" + SUFFIX,
                "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb, m, n, k, &alpha, "
                        + "a, lda, b, ldb, &beta, c, ldc)`",
                "CUDA error: CUBLAS_STATUS_INTERNAL_ERROR when calling `cublasSgemmStridedBatched( handle, opa, opb, m, n, "
                        + "k, &alpha, a, lda, stridea, b, ldb, strideb, &beta, c, ldc, stridec, num_batches)`",
                "CUDA driver error: unknown error",
                "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
                "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"
            })
    void reportsPermanentFailureAsBroken(String message) {
        EngineException failure = new EngineException(message);
        assertThat(GpuFailures.isBroken(failure)).isTrue();
        assertThat(GpuFailures.isOutOfMemory(failure)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79.10 GiB of which 3.20 GiB "
                        + "is free. Process 1 has 75.89 GiB memory in use.",
                "CUDA error: out of memory" + SUFFIX,
                "CUDA driver error: out of memory",
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
                "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
                "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
                "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"
            })
    void reportsMissingMemoryAsOutOfMemory(String message) {
        EngineException failure = new EngineException(message);
        assertThat(GpuFailures.isOutOfMemory(failure)).isTrue();
        assertThat(GpuFailures.isBroken(failure)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA error: invalid argument" + SUFFIX,
                "CUDA error: invalid configuration argument" + SUFFIX,
                "CUDA error: no kernel image is available for execution on the device" + SUFFIX,
                "CUDA error: CUBLAS_STATUS_INVALID_VALUE when calling `cublasSgemm( handle, opa, opb, m, n, k, &alpha, a, "
                        + "lda, b, ldb, &beta, c, ldc)`",
                "CUDA error: CUBLAS_STATUS_NOT_SUPPORTED when calling `cublasGemmEx( handle, opa, opb, m, n, k)`",
                "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a non-contiguous input.",
                "Could not run 'aten::empty_strided' with arguments from the 'CUDA' backend.",
                "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"
            })
    void keepsGpuAfterRejectedCall(String message) {
        EngineException failure = new EngineException(message);
        assertThat(GpuFailures.isBroken(failure)).isFalse();
        assertThat(GpuFailures.isOutOfMemory(failure)).isFalse();
    }

    @Test
    void acceptsFailureWithoutMessage() {
        EngineException failure = new EngineException((String) null);
        assertThat(GpuFailures.isBroken(failure)).isFalse();
        assertThat(GpuFailures.isOutOfMemory(failure)).isFalse();
    }
}
