package org.shatterlab.experiment.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimedCacheTest {

    private final AtomicInteger reads = new AtomicInteger();

    @Test
    void readsFreshValueOnce() {
        TimedCache<Integer> value = new TimedCache<>(reads::incrementAndGet, Duration.ofHours(1));
        assertThat(value.get()).isEqualTo(1);
        assertThat(value.get()).isEqualTo(1);
    }

    @Test
    void returnsOldValueDuringRead() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        TimedCache<Integer> value = new TimedCache<>(
                () -> {
                    if (reads.incrementAndGet() == 2) {
                        begun.countDown();
                        await(end);
                    }
                    return reads.get();
                },
                Duration.ZERO);
        assertThat(value.get()).isEqualTo(1);
        CompletableFuture<Integer> slow = CompletableFuture.supplyAsync(value::get);
        await(begun);
        assertThat(value.get()).isEqualTo(1);
        end.countDown();
        assertThat(slow).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(2);
    }

    @Test
    void retriesFailedSource() {
        TimedCache<Integer> value = new TimedCache<>(
                () -> {
                    if (reads.incrementAndGet() == 1) {
                        throw new IllegalStateException("away");
                    }
                    return reads.get();
                },
                Duration.ofHours(1));
        assertThatThrownBy(value::get).hasMessage("away");
        assertThat(value.get()).isEqualTo(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
