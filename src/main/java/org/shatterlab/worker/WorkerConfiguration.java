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
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.GitProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/**
 * The workers of this process: db-scheduler's threads, one cell at a time on each. On GPUs they wait for the threads of the
 * {@link DevicePool}.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
@EnableConfigurationProperties(WorkerProperties.class)
class WorkerConfiguration {

    /**
     * A cell's worker is taken for dead after four of these without a sign of life; the check runs every two. So another has
     * the cell after six seconds at most, and the poll.
     */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final int MISSED_HEARTBEATS = 4;

    /** How soon a worker tries again that found the database away. */
    private static final Duration AFTER_OUTAGE = Duration.ofSeconds(1);

    /** A cell that is told to stop does so after a layer, and is then handed back. */
    private static final Duration HANDING_BACK = Duration.ofSeconds(10);

    /** Cells for another class of devices are unknown here, and db-scheduler would delete all of them in the end. */
    private static final Duration NEVER = Duration.ofDays(365_000);

    /** How soon a worker sees what another process queued; its own process tells it at once. */
    private static final Duration POLLING = Duration.ofMillis(250);

    /**
     * What this process computes on.
     *
     * @param labs on devices of one class
     */
    record Devices(List<Lab> labs) {

        DeviceClass deviceClass() {
            return labs.getFirst().deviceClass();
        }

        /** Of all of them, which of GPUs may be of several models. */
        String names() {
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
                                .map(lab -> new DevicePool.Device(lab::runsAtATime, lab::measure))
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
    Heartbeat heartbeat(WorkerRegistry registry, CellExecutionService ledger, RunningCells running, Worker worker) {
        return new Heartbeat(registry, ledger, running, worker);
    }

    @Bean
    DeviceFailureShutdown processEnd(WorkerLifecycle workers, RunningCells cells, ApplicationContext context) {
        return new DeviceFailureShutdown(workers, cells, context, System::exit);
    }

    @Bean
    CellRunner cellRunner(
            Devices devices,
            CellRunner.Measurer measurer,
            CellExecutionService ledger,
            SmallCellBatch small,
            PredictionStore predictor,
            ResultStore results,
            RunningCells running,
            Worker worker,
            ObjectProvider<GitProperties> git,
            JsonMapper mapper,
            WorkerProperties properties) {
        return new CellRunner(
                measurer,
                ledger,
                small,
                predictor,
                results,
                running,
                new CellRunner.Identity(
                        worker.name(),
                        Provenance.of(devices.names(), git.getIfAvailable()).json(mapper)),
                properties);
    }

    @Bean
    CustomTask<Boolean> cellTask(CellRunner runner, Devices devices) {
        return Tasks.custom(CellQueue.cell(devices.deviceClass()))
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, complete.getTimeDone().plus(AFTER_OUTAGE)))
                // It keeps its place in the queue: behind all that waits it could lie for another minute.
                .onDeadExecution((complete, operations) ->
                        operations.reschedule(complete, complete.getExecution().executionTime))
                .execute((instance, _) -> {
                    // An earlier version of the service put no data there.
                    boolean small = Boolean.TRUE.equals(instance.getData());
                    Optional<Duration> again = runner.run(CellQueue.fingerprint(instance.getId()), small);
                    return (complete, operations) -> again.ifPresentOrElse(
                            after -> operations.reschedule(complete, due(complete, after)), operations::remove);
                });
    }

    /** What is to go on at once keeps its place in the queue. */
    private static Instant due(ExecutionComplete complete, Duration after) {
        return after.isZero()
                ? complete.getExecution().executionTime
                : complete.getTimeDone().plus(after);
    }

    @Bean
    RecurringTask<Void> topUpTask(Housekeeping housekeeping) {
        return Tasks.recurring(CellQueue.TOP_UP, FixedDelay.of(Duration.ofSeconds(2)))
                .execute((_, _) -> housekeeping.run());
    }

    @Bean(destroyMethod = "")
    Scheduler scheduler(
            DataSource dataSource,
            CustomTask<Boolean> cellTask,
            RecurringTask<Void> topUpTask,
            DatabaseClock clock,
            Worker worker,
            WorkerProperties properties) {
        // Two statements rather than one UPDATE with the LIMIT in a subquery: PostgreSQL may evaluate that subquery
        // several times and pick more cells than there are threads, whose leases then end before they start.
        PostgreSqlJdbcCustomization selectThenUpdate = new PostgreSqlJdbcCustomization(true, false);
        return Scheduler.create(dataSource, cellTask)
                .jdbcCustomization(selectThenUpdate)
                .clock(clock::now)
                // Only the database's failures come to it.
                .failureLogging(LogLevel.WARN, false)
                .startTasks(topUpTask)
                .threads(worker.threads())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(POLLING)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .deleteUnresolvedAfter(NEVER)
                .shutdownMaxWait(properties.grace().plus(HANDING_BACK))
                .enablePriority()
                .build();
    }
}
