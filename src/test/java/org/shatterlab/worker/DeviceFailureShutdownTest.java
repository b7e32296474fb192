package org.shatterlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

@Timeout(60)
class DeviceFailureShutdownTest {

    private final RunningCells cells = new RunningCells();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    /** Workers whose stop waits for a permission. */
    private final class Workers implements Lifecycle {

        private final CompletableFuture<Void> allowed = new CompletableFuture<>();

        @Override
        public void start() {}

        @Override
        public void stop() {
            allowed.join();
            ended.add("workers");
        }

        @Override
        public boolean isRunning() {
            return true;
        }
    }

    @Test
    void exitsWithFailureAfterDeviceBreaks() throws Exception {
        Workers workers = new Workers();
        try (var context = new AnnotationConfigApplicationContext()) {
            context.registerBean(
                    DeviceFailureShutdown.class,
                    () -> new DeviceFailureShutdown(workers, cells, context, exit::complete));
            context.registerBean("last", DisposableBean.class, () -> () -> ended.add("context"));
            context.refresh();

            context.publishEvent(new BrokenDeviceException("gpu(0)", new IllegalStateException("CUDA error: ...")));
            assertThat(cells.isDraining())
                    .as("before its cells are handed back")
                    .isTrue();
            workers.allowed.complete(null);
            assertThat(exit.get()).isEqualTo(1);
            assertThat(ended).containsExactly("workers", "context");
            assertThat(context.isActive()).isFalse();
        }
    }
}
