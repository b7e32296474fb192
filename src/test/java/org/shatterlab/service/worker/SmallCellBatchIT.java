package org.shatterlab.service.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.github.kagkarlsson.scheduler.ScheduledExecution;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.SmallCellBatch;
import org.shatterlab.experiment.store.CellLease;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.service.support.Service;

/**
 * Tests that one transaction takes small cells from the queue, computes and publishes them. The test acts as the
 * worker.
 */
class SmallCellBatchIT {

    private static final int CELLS = 5;
    private static final CellResult EMPTY_RESULT = new CellResult(List.of(), List.of(), List.of());

    private Service service;
    private SmallCellBatch batch;

    @BeforeEach
    void start(@TempDir Path data) {
        service = Service.start(data, "--shatterlab.roles=api");
        batch = service.bean(SmallCellBatch.class);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    /** A worker whose cells have empty results. */
    private interface ResultComputer extends SmallCellBatch.Computer<CellResult> {

        @Override
        default void save(Map<CellLease, CellResult> results) {}
    }

    private boolean compute(String fingerprint, ResultComputer worker) {
        return batch.compute(fingerprint, "w", "{}", worker);
    }

    /** Submits an experiment and returns the fingerprints of its cells, which wait in the queue. */
    private List<String> submit(int width, int depth) {
        assertThat(service.submit(String.format(Locale.ROOT, """
                        {"networks": [{"family": "feedforward", "width": %d}], "depths": [%d], "runs": %d,
                         "inputs": {"type": "grid", "points": 16}, "statistics": ["gradient-variance"]}""", width, depth, 5 * CELLS))
                        .statusCode())
                .isEqualTo(202);
        return service.queryStrings("select fingerprint from cell order by fingerprint");
    }

    private long waiting() {
        return service.count("scheduled_tasks where task_name = 'cell'");
    }

    @Test
    void computesAllWaitingSmallCells() {
        List<String> cells = submit(2, 1);
        assertThat(compute(cells.getFirst(), _ -> EMPTY_RESULT)).isTrue();
        assertThat(service.queryStrings("select distinct state from cell")).containsExactly("DONE");
        assertThat(service.queryStrings("select state from experiment")).containsExactly("SUCCEEDED");
        assertThat(service.queryLongs("select fence from cell_execution where worker = 'w'"))
                .hasSize(CELLS)
                .containsOnly(1L);
        // The caller deletes the task of the requested cell.
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void rollsBackBatchOnFailure() {
        List<String> cells = submit(2, 1);
        assertThatIllegalStateException()
                .isThrownBy(() -> compute(cells.getFirst(), lease -> {
                    if (lease.fingerprint().equals(cells.get(3))) {
                        throw new IllegalStateException("no memory");
                    }
                    return EMPTY_RESULT;
                }));
        assertThat(service.queryStrings("select distinct state || fence from cell"))
                .containsExactly("QUEUED0");
        assertThat(service.count("cell_execution")).isZero();
        assertThat(waiting()).isEqualTo(CELLS);
    }

    @Test
    void unmeasurableCellFailsAlone() {
        List<String> cells = submit(2, 1);
        assertThat(compute(cells.getFirst(), lease -> {
                    if (lease.fingerprint().equals(cells.get(3))) {
                        throw new UnmeasurableException("It has no value.");
                    }
                    return EMPTY_RESULT;
                }))
                .isTrue();
        assertThat(service.queryStrings("select fingerprint from cell where state = 'FAILED'"))
                .containsExactly(cells.get(3));
        assertThat(service.count("cell where state = 'DONE'")).isEqualTo(CELLS - 1);
        assertThat(service.queryStrings("select failure from experiment"))
                .singleElement()
                .asString()
                .endsWith("It has no value.");
    }

    @Test
    void queueMarksSmallCells() {
        submit(2, 1);
        submit(300, 100);
        Task<Boolean> task = Tasks.oneTime(CellQueue.cell(DeviceClass.CPU)).execute((_, _) -> {});
        SchedulerClient queue = SchedulerClient.Builder.create(service.bean(DataSource.class), task)
                .build();
        Map<Boolean, Long> cells = queue.getScheduledExecutionsForTask(task.getName(), Boolean.class).stream()
                .collect(Collectors.groupingBy(ScheduledExecution::getData, Collectors.counting()));
        assertThat(cells).containsOnly(Map.entry(true, (long) CELLS), Map.entry(false, (long) CELLS));
    }

    @Test
    void skipsUnwantedCells() {
        List<String> cells = submit(2, 1);
        service.execute("update experiment set state = 'CANCELLING'");
        assertThat(compute(cells.getFirst(), _ -> {
                    throw new AssertionError("An unwanted cell must not be computed.");
                }))
                .isFalse();
    }
}
