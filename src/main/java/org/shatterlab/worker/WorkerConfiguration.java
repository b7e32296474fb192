package org.shatterlab.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.shatterlab.experiment.Housekeeping;
import org.shatterlab.experiment.queue.CellExecutionService;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.SmallCellBatch;
import org.shatterlab.experiment.queue.WorkerRegistry;
import org.shatterlab.experiment.queue.WorkerRegistry.Worker;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.LabRevision;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.DatabaseClock;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.ServiceProperties;
import org.shatterlab.result.PredictionStore;
import org.shatterlab.result.ResultStore;
import org.shatterlab.result.RowMerger;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.GitProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/**
 * Configures the workers of this process. Each worker is a thread of db-scheduler that runs one cell at a time. On GPUs
 * a worker waits for a thread of the {@link DevicePool}.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
@EnableConfigurationProperties(WorkerProperties.class)
class WorkerConfiguration {

    /**
     * The interval between heartbeats of an execution. After four missed heartbeats the worker counts as dead, and the
     * check runs every two intervals. Another worker therefore gets the cell after at most six seconds and a polling
     * interval.
     */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final int MISSED_HEARTBEATS = 4;

    /** The time after which a worker retries a cell when the database was unavailable. */
    private static final Duration OUTAGE_RETRY_DELAY = Duration.ofSeconds(1);

    /** The time to hand cells back after the grace period. A stopped cell ends after its current layer. */
    private static final Duration HAND_BACK_TIME = Duration.ofSeconds(10);

    /** db-scheduler deletes unknown tasks after this time. Cells for another device class are unknown tasks here. */
    private static final Duration NEVER = Duration.ofDays(365_000);

    /** The interval at which workers poll the queue. Cells of their own process wake them at once. */
    private static final Duration POLLING_INTERVAL = Duration.ofMillis(250);

    /**
     * The devices of this process.
     *
     * @param labs one lab per device; all devices are of one class
     */
    record Devices(List<Lab> labs) {

        DeviceClass deviceClass() {
            return labs.getFirst().deviceClass();
        }

        /** Returns the distinct names of the devices. GPUs may be of several models. */
        String deviceNames() {
            return labs.stream().map(Lab::deviceName).distinct().collect(Collectors.joining(", "));
        }
    }

    @Bean
    Devices devices(ServiceProperties properties, DatasetFolder datasets, WorkerProperties worker) {
        Lab cpu = Lab.open(properties.folder().resolve("engine"), datasets);
        List<Lab> gpus = cpu.onGpus(worker.gpus(Lab.gpuCount()));
        return new Devices(gpus.isEmpty() ? List.of(cpu) : gpus);
    }

    @Bean
    CellRunner.Measurer measurer(Devices devices, ApplicationEventPublisher events) {
        return switch (devices.deviceClass()) {
            case CPU -> devices.labs().getFirst()::measure;
            case GPU ->
                new DevicePool(
                        devices.labs().stream()
                                .map(lab -> new DevicePool.Device(lab::runsPerBatch, lab::measure))
                                .toList(),
                        events::publishEvent);
        };
    }

    @Bean
    Worker worker(Devices devices, WorkerProperties properties) {
        String node = new SchedulerName.Hostname().getName();
        return new Worker(
                node + "-" + UUID.randomUUID(),
                node,
                devices.deviceClass().apiName(),
                LabRevision.ENGINE,
                properties.parallelism(devices.labs()),
                properties.memoryBytes(devices.labs()));
    }

    @Bean
    RunningCells runningCells() {
        return new RunningCells();
    }

    @Bean
    Heartbeat heartbeat(WorkerRegistry registry, CellExecutionService executions, RunningCells running, Worker worker) {
        return new Heartbeat(registry, executions, running, worker);
    }

    @Bean
    DeviceFailureShutdown deviceFailureShutdown(
            WorkerLifecycle workers, RunningCells cells, ApplicationContext context) {
        return new DeviceFailureShutdown(workers, cells, context, System::exit);
    }

    @Bean
    CellRunner cellRunner(
            Devices devices,
            CellRunner.Measurer measurer,
            CellExecutionService executions,
            SmallCellBatch small,
            PredictionStore predictions,
            ResultStore results,
            RunningCells running,
            Worker worker,
            ObjectProvider<GitProperties> git,
            JsonMapper mapper,
            WorkerProperties properties) {
        return new CellRunner(
                measurer,
                executions,
                small,
                predictions,
                results,
                running,
                new CellRunner.Identity(
                        worker.name(),
                        Provenance.of(devices.deviceNames(), git.getIfAvailable())
                                .json(mapper)),
                properties);
    }

    @Bean
    CustomTask<Boolean> cellTask(CellRunner runner, Devices devices) {
        return Tasks.custom(CellQueue.cell(devices.deviceClass()))
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, complete.getTimeDone().plus(OUTAGE_RETRY_DELAY)))
                // The cell keeps its execution time. At the end of the queue it could wait for another minute. The next
                // worker leases the cell even if it is small, because only an abandoned lease is counted.
                .onDeadExecution((complete, operations) ->
                        operations.reschedule(complete, complete.getExecution().executionTime, false))
                .execute((instance, _) -> {
                    // Tasks of earlier versions of the service have no data.
                    boolean small = Boolean.TRUE.equals(instance.getData());
                    Optional<Duration> again = runner.run(CellQueue.fingerprint(instance.getId()), small);
                    return (complete, operations) -> again.ifPresentOrElse(
                            after -> operations.reschedule(complete, due(complete, after)), operations::remove);
                });
    }

    /** Returns the next execution time. A cell without delay keeps its execution time and so its place in the queue. */
    private static Instant due(ExecutionComplete complete, Duration after) {
        return after.isZero()
                ? complete.getExecution().executionTime
                : complete.getTimeDone().plus(after);
    }

    @Bean
    RecurringTask<Void> housekeepingTask(Housekeeping housekeeping, RowMerger merger) {
        return Tasks.recurring(CellQueue.HOUSEKEEPING, FixedDelay.of(Duration.ofSeconds(2)))
                .execute((_, _) -> {
                    housekeeping.run();
                    merger.run();
                });
    }

    @Bean(destroyMethod = "")
    Scheduler scheduler(
            DataSource dataSource,
            CustomTask<Boolean> cellTask,
            RecurringTask<Void> housekeepingTask,
            DatabaseClock clock,
            Worker worker,
            WorkerProperties properties) {
        // PostgreSQL may evaluate the LIMIT subquery of a single UPDATE several times and so pick too many cells. The
        // leases of the surplus cells would end before a thread is free, so two statements pick the cells.
        PostgreSqlJdbcCustomization selectThenUpdate = new PostgreSqlJdbcCustomization(true, false);
        return Scheduler.create(dataSource, cellTask)
                .jdbcCustomization(selectThenUpdate)
                .clock(clock::now)
                .failureLogging(LogLevel.WARN, true)
                .startTasks(housekeepingTask)
                .threads(worker.threads())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(POLLING_INTERVAL)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .deleteUnresolvedAfter(NEVER)
                .shutdownMaxWait(properties.grace().plus(HAND_BACK_TIME))
                .enablePriority()
                .build();
    }
}
