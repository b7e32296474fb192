package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveBatchesTest {

    private static final List<Integer> RUNS = IntStream.range(0, 20).boxed().toList();

    private final List<Integer> sizes = new ArrayList<>();
    private final List<Integer> done = new ArrayList<>();

    /** Returns work that processes batches up to a size. For larger batches, the work throws the error of PyTorch. */
    private Consumer<List<Integer>> workWithRoomFor(int fitting) {
        return runs -> {
            sizes.add(runs.size());
            if (runs.size() > fitting) {
                throw new EngineException("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has ...");
            }
            done.addAll(runs);
        };
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "20, 19", "20, 3", "7, 5", "1, 1", "2147483647, 1"})
    void processesEachRunOnceInOrder(int maxBatchSize, int fitting) {
        AdaptiveBatches.forEach(RUNS, maxBatchSize, workWithRoomFor(fitting));
        assertThat(done).isEqualTo(RUNS);
    }

    @Test
    void halvesBatchSizePermanently() {
        AdaptiveBatches.forEach(RUNS, 8, workWithRoomFor(3));
        assertThat(sizes).containsExactly(8, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2);
    }

    @Test
    void failsWhenSingleRunDoesNotFit() {
        assertThatThrownBy(() -> AdaptiveBatches.forEach(RUNS, 8, workWithRoomFor(0)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("out of memory");
        assertThat(sizes).containsExactly(8, 4, 2, 1);
    }

    @Test
    void doesNotRetryOtherFailures() {
        assertThatThrownBy(() -> AdaptiveBatches.forEach(RUNS, 8, runs -> {
                    sizes.add(runs.size());
                    throw new EngineException("no such operator");
                }))
                .hasMessage("no such operator");
        assertThat(sizes).containsExactly(8);
    }
}
