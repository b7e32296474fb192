package org.shatterlab.experiment.queue;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.shatterlab.experiment.cell.CellCost;
import org.shatterlab.experiment.store.CellEntity;
import org.shatterlab.experiment.store.CellLink;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.experiment.store.CellStore;
import org.shatterlab.experiment.store.ExperimentCellRepository;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.platform.DatabaseClock;
import org.shatterlab.platform.NotificationSender;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Puts cells into the queue of the workers. Each experiment has only a small window of cells in the queue. A small
 * experiment behind a large one therefore waits for one window instead of all cells.
 *
 * <p>A refill never waits for a cell that another transaction has locked. The refill holds the lock of the experiment,
 * and the holder of the cell may be waiting for that lock. A later completion or {@link #HOUSEKEEPING} schedules the skipped
 * cells.
 */
@Component
public class CellQueue {

    private static final TaskDescriptor<Boolean> CPU_CELL = TaskDescriptor.of("cell", Boolean.class);
    private static final TaskDescriptor<Boolean> GPU_CELL = TaskDescriptor.of("cell-gpu", Boolean.class);

    /** The recurring task that refills every window, among other housekeeping. */
    public static final TaskDescriptor<Void> HOUSEKEEPING = TaskDescriptor.of("top-up");

    /** The channel of the notifications that cells were put into the queue. */
    public static final String QUEUED = "cells_queued";

    /** Workers round times differently. The margin makes cells that are queued now due for every worker. */
    private static final Duration DUE_MARGIN = Duration.ofMillis(100);

    /**
     * The distance between the due times of neighbours in a window. The last cell of a full window is due now. So the
     * windows of experiments that start together interleave from their first cells on. A new window stands before cells
     * that other experiments would queue much later.
     */
    private static final Duration SPACING = Duration.ofSeconds(1);

    private final ExperimentCellRepository links;
    private final CellRepository cells;
    private final ExperimentRepository experiments;
    private final SchedulerClient scheduler;
    private final ApplicationEventPublisher events;
    private final NotificationSender notifier;
    private final QueueProperties properties;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;

    CellQueue(
            ExperimentCellRepository links,
            CellRepository cells,
            ExperimentRepository experiments,
            DataSource dataSource,
            ApplicationEventPublisher events,
            NotificationSender notifier,
            QueueProperties properties,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.links = links;
        this.cells = cells;
        this.experiments = experiments;
        this.scheduler = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(dataSource))
                .enablePriority()
                .build();
        this.events = events;
        this.notifier = notifier;
        this.properties = properties;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** The event that cells were put into the queue, published in the transaction that queues the cells. */
    public record CellsQueued() {}

    /**
     * Returns the task that computes a cell on a class of devices. A worker knows the task of its own class only. The
     * name of an instance is {@code fingerprint/number of times the cell was scheduled}. The data state whether the
     * cell is small.
     */
    public static TaskDescriptor<Boolean> cell(DeviceClass device) {
        return switch (device) {
            case CPU -> CPU_CELL;
            case GPU -> GPU_CELL;
        };
    }

    /** Returns the fingerprint of the cell that an instance of {@link #cell} computes. */
    public static String fingerprint(String instance) {
        return instance.substring(0, instance.indexOf('/'));
    }

    /** Refills the window of an experiment whose row the caller has locked. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void refill(ExperimentEntity experiment) {
        if (!experiment.state().isLive()) {
            return;
        }
        int open = links.countOpen(experiment.getId(), experiment.nextOrdinal());
        int room = properties.window() - open;
        if (room <= 0) {
            return;
        }
        List<CellLink> next = links.findOpen(experiment.getId(), experiment.nextOrdinal(), room);
        if (next.isEmpty()) {
            return;
        }
        enqueue(experiment, next, cells.lockFree(fingerprints(next)), open);
    }

    /** Fills the window of a new experiment, which has no cell in the queue yet. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void fill(ExperimentEntity experiment, CellStore.StoredCells stored) {
        List<CellLink> first = stored.links().stream()
                .filter(link -> !link.settled())
                .limit(properties.window())
                .toList();
        enqueue(experiment, first, cells.lockAll(fingerprints(first)), 0);
    }

    private static List<String> fingerprints(List<CellLink> links) {
        return links.stream().map(CellLink::fingerprint).toList();
    }

    /** Queues cells at the end of a window that has open cells already. */
    private void enqueue(ExperimentEntity experiment, List<CellLink> next, List<CellEntity> locked, int open) {
        Map<String, CellEntity> free =
                locked.stream().collect(Collectors.toMap(CellEntity::fingerprint, Function.identity()));
        Instant start = clock.now().minus(DUE_MARGIN).minus(SPACING.multipliedBy(properties.window() - 1));
        int place = open;
        List<SchedulableInstance<?>> scheduled = new ArrayList<>();
        for (CellLink link : next) {
            CellEntity cell = free.get(link.fingerprint());
            if (cell == null) {
                break;
            }
            if (cell.state() == CellEntity.CellState.PLANNED) {
                scheduled.add(cell(experiment.device())
                        .instance(cell.fingerprint() + "/" + cell.schedule())
                        .data(CellCost.isSmall(cell.cost(), experiment.device()))
                        .priority(experiment.priority())
                        .scheduledTo(start.plus(SPACING.multipliedBy(place))));
            }
            place++;
            experiment.continueAt(link.ordinal() + 1);
        }
        if (!scheduled.isEmpty()) {
            scheduler.scheduleBatch(scheduled);
            events.publishEvent(new CellsQueued());
            notifier.send(QUEUED, "");
        }
    }

    /** Refills the windows that have room, each in its own transaction. */
    public void topUp() {
        for (UUID id : experiments.findRefillable(properties.window())) {
            transactions.executeWithoutResult(_ -> experiments.lock(id).ifPresent(this::refill));
        }
    }
}
