package org.shatterlab.result.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BackgroundWriterTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 499, 500, 501, 20_000})
    void allAreTakenInTheirOrder(int items) {
        List<Integer> taken = new ArrayList<>();
        try (BackgroundWriter<Integer> handover = BackgroundWriter.start("test", taken::add)) {
            IntStream.range(0, items).forEach(handover::put);
            handover.end();
        }
        assertThat(taken).isEqualTo(IntStream.range(0, items).boxed().toList());
    }

    @Test
    void whoMakesThemWaitsForWhoTakesThem() {
        AtomicInteger made = new AtomicInteger();
        Semaphore allowed = new Semaphore(0);
        BackgroundWriter<Integer> handover = BackgroundWriter.start("test", _ -> allowed.acquireUninterruptibly());
        CompletableFuture<Void> maker = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 100_000; i++) {
                handover.put(i);
                made.incrementAndGet();
            }
            handover.end();
        });
        assertThat(maker.copy().completeOnTimeout(null, 200, TimeUnit.MILLISECONDS))
                .succeedsWithin(Duration.ofSeconds(5));
        assertThat(made).hasValueLessThan(5000);
        assertThat(maker).isNotDone();
        allowed.release(100_000);
        assertThat(maker).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void whoMakesThemIsToldOfAFailureAfterWhichNoneIsTaken() {
        AtomicInteger taken = new AtomicInteger();
        IOException failure = new IOException("the client is gone");
        try (BackgroundWriter<Integer> handover = BackgroundWriter.start("test", item -> {
            taken.incrementAndGet();
            if (item == 700) {
                throw failure;
            }
        })) {
            assertThatThrownBy(() -> IntStream.range(0, 1_000_000).forEach(handover::put))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCause(failure);
            assertThatThrownBy(handover::end).hasCause(failure);
        }
        assertThat(taken).hasValue(701);
    }

    @Test
    void aFailureWithTheLastIsTold() {
        try (BackgroundWriter<Integer> handover = BackgroundWriter.start("test", _ -> {
            throw new IllegalStateException("mistaken");
        })) {
            handover.put(1);
            assertThatThrownBy(handover::end)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("mistaken");
        }
    }

    /** Though neither would go on by itself. */
    @Test
    void whoMakesThemMayBeInterruptedAndThenBothEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        BackgroundWriter<Integer> handover = BackgroundWriter.start("test", _ -> {
            begun.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(10));
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new IOException(e);
            }
        });
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Thread maker = Thread.ofVirtual().start(() -> {
            try (handover) {
                IntStream.range(0, 100_000).forEach(handover::put);
            } catch (UncheckedIOException e) {
                told.complete(e);
            }
        });
        begun.await();
        maker.interrupt();
        assertThat(told)
                .succeedsWithin(Duration.ofSeconds(20))
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .hasMessageContaining("interrupted");
        interrupted.await();
        maker.join();
    }
}
