package org.shatterlab.lab;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.function.Consumer;
import org.shatterlab.lab.engine.GpuFailures;

/** Works through a list some elements at a time, and fewer of them once so many do not fit into memory. */
final class AdaptiveBatches {

    private AdaptiveBatches() {}

    /**
     * Works through a list in its order.
     *
     * @param most how many elements are tried at a time at first
     * @param work leaves nothing behind where it fails: it is then asked for the first half of the same elements
     * @throws EngineException where a single element does not fit, or for any other reason
     */
    static <T> void forEach(List<T> all, int most, Consumer<List<T>> work) {
        int size = most;
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
