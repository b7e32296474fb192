package org.shatterlab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.Statistic;

@Timeout(60)
class DevicePoolTest {

    private static final int WIDTH = 8;
    private static final int RUNS_AT_A_TIME = 20;

    /** The first run of a cell that has no result. */
    private static final int UNMEASURABLE = 35;

    /** The first run of a cell that breaks its device. */
    private static final int BREAKING = 50;

    /** The first runs of the cells of each started batch. */
    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();

    private final Semaphore begun = new Semaphore(0);
    private final Semaphore allowed = new Semaphore(0);
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final DevicePool.Device device = new DevicePool.Device(_ -> RUNS_AT_A_TIME, this::compute);
    private final List<BrokenDeviceException> broken = new CopyOnWriteArrayList<>();
    private final DevicePool pool = new DevicePool(List.of(device), broken::add);

    @AfterEach
    void close() {
        pool.close();
        callers.shutdownNow();
    }

    /** Measures a batch on a device that waits for a permit before it ends the batch. */
    private List<CellResult> compute(List<CellSpec> siblings, BooleanSupplier stop) {
        batches.add(siblings.stream().map(CellSpec::firstRun).toList());
        begun.release();
        while (!mayEnd()) {
            if (stop.getAsBoolean()) {
                throw new CancellationException("The batch was stopped.");
            }
        }
        if (siblings.stream().anyMatch(cell -> cell.firstRun() == UNMEASURABLE)) {
            throw new UnmeasurableException("run " + UNMEASURABLE + " has no result");
        }
        if (siblings.stream().anyMatch(cell -> cell.firstRun() == BREAKING)) {
            throw new BrokenDeviceException("gpu(0)", new IllegalStateException("run " + BREAKING));
        }
        return siblings.stream().map(DevicePoolTest::result).toList();
    }

    private boolean mayEnd() {
        try {
            return allowed.tryAcquire(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a result that has the first run of its cell. */
    private static CellResult result(CellSpec cell) {
        return new CellResult(
                List.of(), List.of(), List.of(new CellResult.Series(1, cell.firstRun(), new double[] {cell.runs()})));
    }

    private static CellSpec cell(int width, int firstRun) {
        return new CellSpec(
                new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), width, Normalization.NONE, 1),
                new InputSpec.Grid(-2, 2, 16),
                List.of(1, 3),
                Set.of(Statistic.GRADIENT_VARIANCE),
                Precision.FLOAT64,
                DrawSource.HOST,
                1,
                firstRun,
                5);
    }

    /** A cell that waits in the pool. The pool first checks whether a cell is stopped when the cell waits. */
    private final class PooledCell {

        private final CountDownLatch asked = new CountDownLatch(1);
        private volatile boolean stopped;
        private final Future<CellResult> result;

        PooledCell(int width, int firstRun) throws InterruptedException {
            result = callers.submit(() -> pool.measure(cell(width, firstRun), this::isStopped));
            asked.await();
        }

        private boolean isStopped() {
            asked.countDown();
            return stopped;
        }

        int measured() throws InterruptedException, ExecutionException {
            return result.get().series().getFirst().run();
        }
    }

    private List<PooledCell> waiting(int... firstRuns) throws InterruptedException {
        List<PooledCell> cells = new ArrayList<>();
        for (int firstRun : firstRuns) {
            cells.add(new PooledCell(WIDTH, firstRun));
        }
        return cells;
    }

    @Test
    void measuresWaitingSiblingsTogether() throws Exception {
        PooledCell first = new PooledCell(WIDTH, 0);
        List<PooledCell> siblings = waiting(10, 5);
        PooledCell other = new PooledCell(WIDTH + 1, 15);
        siblings.addAll(waiting(20, 25, 30));
        allowed.release(4);
        assertThat(first.measured()).isZero();
        assertThat(other.measured()).isEqualTo(15);
        for (int i = 0; i < siblings.size(); i++) {
            assertThat(siblings.get(i).measured())
                    .isEqualTo(List.of(10, 5, 20, 25, 30).get(i));
        }
        assertThat(batches)
                .as("batches of at most 20 runs, oldest cell first")
                .containsExactly(List.of(0), List.of(10, 5, 20, 25), List.of(15), List.of(30));
    }

    @Test
    void measuresSiblingsOfUnmeasurableCell() throws Exception {
        PooledCell first = new PooledCell(WIDTH, 0);
        List<PooledCell> siblings = waiting(30, UNMEASURABLE, 40);
        allowed.release(5);
        assertThat(first.measured()).isZero();
        assertThat(siblings.getFirst().measured()).isEqualTo(30);
        assertThat(siblings.getLast().measured()).isEqualTo(40);
        assertThatThrownBy(() -> siblings.get(1).measured()).hasCauseInstanceOf(UnmeasurableException.class);
    }

    @Test
    void skipsStoppedCell() throws Exception {
        PooledCell first = new PooledCell(WIDTH, 0);
        List<PooledCell> siblings = waiting(5, 10);
        siblings.getFirst().stopped = true;
        assertThatThrownBy(() -> siblings.getFirst().measured()).hasCauseInstanceOf(CancellationException.class);
        allowed.release(2);
        assertThat(first.measured()).isZero();
        assertThat(siblings.getLast().measured()).isEqualTo(10);
        assertThat(batches).containsExactly(List.of(0), List.of(10));
    }

    @Test
    void continuesBatchUntilAllCellsStop() throws Exception {
        PooledCell first = new PooledCell(WIDTH, 0);
        List<PooledCell> siblings = waiting(5, 10);
        allowed.release();
        assertThat(first.measured()).isZero();
        begun.acquire(2);
        siblings.getFirst().stopped = true;
        assertThatThrownBy(() -> siblings.getFirst().measured()).hasCauseInstanceOf(CancellationException.class);
        allowed.release();
        assertThat(siblings.getLast().measured()).isEqualTo(10);

        List<PooledCell> stopped = waiting(15);
        begun.acquire();
        stopped.getFirst().stopped = true;
        assertThatThrownBy(() -> stopped.getFirst().measured()).hasCauseInstanceOf(CancellationException.class);
        PooledCell next = new PooledCell(WIDTH, 20);
        begun.acquire();
        allowed.release();
        assertThat(next.measured()).as("once the device has stopped").isEqualTo(20);
    }

    @Test
    void measuresNothingAfterDeviceBreaks() throws Exception {
        PooledCell first = new PooledCell(WIDTH, 0);
        List<PooledCell> siblings = waiting(5, BREAKING);
        PooledCell other = new PooledCell(WIDTH + 1, 10);
        allowed.release(10);
        assertThat(first.measured()).isZero();
        for (PooledCell sibling : siblings) {
            assertThatThrownBy(sibling::measured).hasCauseInstanceOf(BrokenDeviceException.class);
        }
        assertThatThrownBy(other::measured).hasCauseInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> pool.measure(cell(WIDTH, 15), () -> false)).isInstanceOf(CancellationException.class);
        assertThat(batches).containsExactly(List.of(0), List.of(5, BREAKING));
        assertThat(broken).hasSize(1);
    }

    @Test
    void abandonsRetriesAfterDeviceBreaks() throws Exception {
        PooledCell first = new PooledCell(WIDTH, 0);
        List<PooledCell> siblings = waiting(UNMEASURABLE, BREAKING, 55);
        allowed.release(10);
        assertThat(first.measured()).isZero();
        List<Class<? extends Throwable>> causes =
                List.of(UnmeasurableException.class, BrokenDeviceException.class, CancellationException.class);
        for (int i = 0; i < siblings.size(); i++) {
            assertThatThrownBy(siblings.get(i)::measured).hasCauseInstanceOf(causes.get(i));
        }
        assertThat(batches)
                .containsExactly(
                        List.of(0), List.of(UNMEASURABLE, BREAKING, 55), List.of(UNMEASURABLE), List.of(BREAKING));
    }

    @Test
    void reportsBrokenDevicesOnce() throws Exception {
        try (DevicePool two = new DevicePool(List.of(device, device), broken::add)) {
            List<Future<CellResult>> results = new ArrayList<>();
            for (int width : List.of(WIDTH, WIDTH + 1)) {
                results.add(callers.submit(() -> two.measure(cell(width, BREAKING), () -> false)));
            }
            begun.acquire(2);
            allowed.release(2);
            for (Future<CellResult> result : results) {
                assertThatThrownBy(result::get).hasCauseInstanceOf(BrokenDeviceException.class);
            }
        }
        assertThat(broken).hasSize(1);
    }

    @Test
    void runsThreadPerDevice() throws Exception {
        try (DevicePool two = new DevicePool(List.of(device, device), broken::add)) {
            Future<CellResult> one = callers.submit(() -> two.measure(cell(WIDTH, 0), () -> false));
            Future<CellResult> other = callers.submit(() -> two.measure(cell(WIDTH + 1, 5), () -> false));
            begun.acquire(2);
            allowed.release(2);
            assertThat(one.get().series().getFirst().run()).isZero();
            assertThat(other.get().series().getFirst().run()).isEqualTo(5);
        }
    }

    @Test
    void returnsSameResultsAsLab() throws Exception {
        Lab lab = Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
        DevicePool.Device labDevice = new DevicePool.Device(_ -> RUNS_AT_A_TIME, lab::measure);
        try (DevicePool labPool = new DevicePool(List.of(labDevice), broken::add)) {
            List<Future<CellResult>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                CellSpec cell = cell(WIDTH, 5 * i);
                results.add(callers.submit(() -> labPool.measure(cell, () -> false)));
            }
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(lab.measure(cell(WIDTH, 5 * i)));
            }
        }
    }
}
