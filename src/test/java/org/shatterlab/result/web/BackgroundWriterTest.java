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
    void writesItemsInOrder(int items) {
        List<Integer> written = new ArrayList<>();
        try (BackgroundWriter<Integer> writer = BackgroundWriter.start("test", written::add)) {
            IntStream.range(0, items).forEach(writer::add);
            writer.finish();
        }
        assertThat(written).isEqualTo(IntStream.range(0, items).boxed().toList());
    }

    @Test
    void blocksCallerWhileQueueIsFull() {
        AtomicInteger queued = new AtomicInteger();
        Semaphore allowed = new Semaphore(0);
        BackgroundWriter<Integer> writer = BackgroundWriter.start("test", _ -> allowed.acquireUninterruptibly());
        CompletableFuture<Void> caller = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 100_000; i++) {
                writer.add(i);
                queued.incrementAndGet();
            }
            writer.finish();
        });
        assertThat(caller.copy().completeOnTimeout(null, 200, TimeUnit.MILLISECONDS))
                .succeedsWithin(Duration.ofSeconds(5));
        assertThat(queued).hasValueLessThan(5000);
        assertThat(caller).isNotDone();
        allowed.release(100_000);
        assertThat(caller).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void stopsWritingAfterFailure() {
        AtomicInteger written = new AtomicInteger();
        IOException failure = new IOException("the client is gone");
        try (BackgroundWriter<Integer> writer = BackgroundWriter.start("test", item -> {
            written.incrementAndGet();
            if (item == 700) {
                throw failure;
            }
        })) {
            assertThatThrownBy(() -> IntStream.range(0, 1_000_000).forEach(writer::add))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCause(failure);
            assertThatThrownBy(writer::finish).hasCause(failure);
        }
        assertThat(written).hasValue(701);
    }

    @Test
    void reportsFailureOfLastItem() {
        try (BackgroundWriter<Integer> writer = BackgroundWriter.start("test", _ -> {
            throw new IllegalStateException("mistaken");
        })) {
            writer.add(1);
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("mistaken");
        }
    }

    /** Neither thread would end without the interrupt: the queue is full, and the writer sleeps. */
    @Test
    void endsBothThreadsOnInterrupt() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        BackgroundWriter<Integer> writer = BackgroundWriter.start("test", _ -> {
            started.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(10));
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new IOException(e);
            }
        });
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try (writer) {
                IntStream.range(0, 100_000).forEach(writer::add);
            } catch (UncheckedIOException e) {
                thrown.complete(e);
            }
        });
        started.await();
        caller.interrupt();
        assertThat(thrown)
                .succeedsWithin(Duration.ofSeconds(20))
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .hasMessageContaining("interrupted");
        interrupted.await();
        caller.join();
    }
}
