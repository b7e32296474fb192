package org.shatterlab.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.shatterlab.experiment.CellLedger;
import org.shatterlab.experiment.CellQueue;
import org.shatterlab.experiment.Housekeeping;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.ServiceProperties;
import org.shatterlab.result.Predictor;
import org.shatterlab.result.ResultStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.GitProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The workers of this process: db-scheduler's threads, one cell at a time on each. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
@EnableConfigurationProperties(WorkerProperties.class)
class WorkerConfiguration {

    /** A worker is taken for dead after four heartbeats without a sign of life; the check runs every two. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);

    private static final int MISSED_HEARTBEATS = 4;

    /** How soon a worker sees what another process queued; its own process tells it at once. */
    private static final Duration POLLING = Duration.ofMillis(250);

    @Bean
    Lab lab(ServiceProperties properties, DatasetFolder datasets) {
        return Lab.open(properties.folder().resolve("engine"), datasets);
    }

    @Bean
    CellRunner cellRunner(
            Lab lab,
            CellLedger ledger,
            Predictor predictor,
            ResultStore results,
            ObjectProvider<GitProperties> git,
            JsonMapper mapper,
            WorkerProperties properties) {
        return new CellRunner(
                lab,
                ledger,
                predictor,
                results,
                new CellRunner.Identity(
                        new SchedulerName.Hostname().getName() + "-" + UUID.randomUUID(),
                        Provenance.of(lab, git.getIfAvailable()).json(mapper)),
                properties);
    }

    @Bean
    OneTimeTask<Void> cellTask(CellRunner runner) {
        return Tasks.oneTime(CellQueue.CELL)
                .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(Duration.ofSeconds(1), 2))
                .onDeadExecutionRevive()
                .execute((instance, _) -> runner.run(CellQueue.fingerprint(instance.getId())));
    }

    @Bean
    RecurringTask<Void> topUpTask(Housekeeping housekeeping) {
        return Tasks.recurring(CellQueue.TOP_UP, FixedDelay.of(Duration.ofSeconds(2)))
                .execute((_, _) -> housekeeping.run());
    }

    @Bean(destroyMethod = "")
    Scheduler scheduler(
            DataSource dataSource,
            OneTimeTask<Void> cellTask,
            RecurringTask<Void> topUpTask,
            WorkerProperties properties) {
        // Two statements rather than one UPDATE with the LIMIT in a subquery: PostgreSQL may evaluate that subquery
        // several times and pick more cells than there are threads, whose leases then end before they start.
        PostgreSqlJdbcCustomization selectThenUpdate = new PostgreSqlJdbcCustomization(true, false);
        return Scheduler.create(dataSource, cellTask)
                .jdbcCustomization(selectThenUpdate)
                .startTasks(topUpTask)
                .threads(properties.parallelism())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(POLLING)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(Duration.ofSeconds(20))
                .enablePriority()
                .build();
    }
}
