package org.shatterlab.lab;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.function.Consumer;
import org.shatterlab.lab.engine.GpuFailures;

/** Processes a list in batches and halves the batch size whenever a batch does not fit into memory. */
final class AdaptiveBatches {

    private AdaptiveBatches() {}

    /**
     * Processes a list in its order. After a failure for lack of memory, all further batches are smaller.
     *
     * @param maxBatchSize the size of the first batch
     * @param work the work on one batch; must have no effect if it fails, because the first half of the same elements
     *     follows
     * @throws EngineException if a single element does not fit into memory, or if the work fails for another reason
     */
    static <T> void forEach(List<T> all, int maxBatchSize, Consumer<List<T>> work) {
        int size = maxBatchSize;
        int from = 0;
        while (from < all.size()) {
            List<T> batch = all.subList(from, from + Math.min(size, all.size() - from));
            try {
                work.accept(batch);
                from += batch.size();
            } catch (EngineException e) {
                if (batch.size() == 1 || !GpuFailures.isOutOfMemory(e)) {
                    throw e;
                }
                size = batch.size() / 2;
            }
        }
    }
}
