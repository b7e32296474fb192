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
import org.shatterlab.experiment.store.CellEntity;
import org.shatterlab.experiment.store.CellLinks;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.experiment.store.CellStore;
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
 * Puts cells into the queue of workers, a small window of each experiment at a time: so a small experiment behind a large
 * one waits for a window, not for all of it.
 *
 * <p>Refilling never waits for a cell that another transaction has locked: it holds the experiment's lock, which the
 * holder of the cell may be waiting for. What it skips, the next completion or {@link #TOP_UP} picks up.
 */
@Component
public class CellQueue {

    private static final TaskDescriptor<Boolean> CPU_CELL = TaskDescriptor.of("cell", Boolean.class);
    private static final TaskDescriptor<Boolean> GPU_CELL = TaskDescriptor.of("cell-gpu", Boolean.class);

    /** The recurring task that refills every window, among other {@code Housekeeping}. */
    public static final TaskDescriptor<Void> TOP_UP = TaskDescriptor.of("top-up");

    /** The channel on which every process is told that cells were put into the queue. */
    public static final String QUEUED = "cells_queued";

    /** So that no worker, however it rounds the time, finds what is queued now not due yet. */
    private static final Duration EARLY = Duration.ofMillis(100);

    /**
     * The cells of a window are queued as if they had come one after the other, so far apart, the last of a full window now:
     * so the windows of experiments that begin at the same time interleave from their first cells on, and a new one goes
     * before what others would do much later.
     */
    private static final Duration APART = Duration.ofSeconds(1);

    private final CellLinks links;
    private final CellRepository cells;
    private final ExperimentRepository experiments;
    private final SchedulerClient scheduler;
    private final ApplicationEventPublisher events;
    private final NotificationSender notifier;
    private final QueueProperties properties;
    private final TransactionOperations transactions;

    private final DatabaseClock clock;

    CellQueue(
            CellLinks links,
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

    /** Cells were put into the queue; published in the transaction that does so. */
    public record CellsQueued() {}

    /**
     * A cell to compute on a class of devices, which a worker knows if its devices are of that class; the name of its instance
     * is {@code fingerprint/number of times it was scheduled}, and its data are whether it is for {@link SmallCellBatch}.
     */
    public static TaskDescriptor<Boolean> cell(DeviceClass device) {
        return switch (device) {
            case CPU -> CPU_CELL;
            case GPU -> GPU_CELL;
        };
    }

    /** The fingerprint of the cell that an instance of {@link #cell} computes. */
    public static String fingerprint(String instance) {
        return instance.substring(0, instance.indexOf('/'));
    }

    /** Refills the window of an experiment whose row the caller's transaction has locked or inserted. */
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
        List<CellLinks.Link> next = links.findOpen(experiment.getId(), experiment.nextOrdinal(), room);
        if (next.isEmpty()) {
            return;
        }
        Map<String, CellEntity> free = cells
                .lockFree(next.stream().map(CellLinks.Link::fingerprint).toList())
                .stream()
                .collect(Collectors.toMap(CellEntity::fingerprint, Function.identity()));
        enqueue(experiment, next, free, open);
    }

    /** Fills the window of an experiment that is new, of whose cells none is in the queue on its account. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void fill(ExperimentEntity experiment, CellStore.Stored stored) {
        List<CellLinks.Link> first = stored.places().stream()
                .filter(place -> !place.settled())
                .limit(properties.window())
                .toList();
        enqueue(experiment, first, stored.cells(), 0);
    }

    /** Puts cells at the end of a window in which there are some already. */
    private void enqueue(
            ExperimentEntity experiment, List<CellLinks.Link> next, Map<String, CellEntity> free, int before) {
        Instant start = clock.now().minus(EARLY).minus(APART.multipliedBy(properties.window() - 1));
        int place = before;
        List<SchedulableInstance<?>> scheduled = new ArrayList<>();
        for (CellLinks.Link link : next) {
            CellEntity cell = free.get(link.fingerprint());
            if (cell == null) {
                break;
            }
            if (cell.state() == CellEntity.State.PLANNED) {
                scheduled.add(cell(experiment.device())
                        .instance(cell.fingerprint() + "/" + cell.schedule())
                        .data(SmallCellBatch.isSmall(cell.cost(), experiment.device()))
                        .priority(experiment.priority())
                        .scheduledTo(start.plus(APART.multipliedBy(place))));
            }
            place++;
            experiment.considered(link.ordinal() + 1);
        }
        if (!scheduled.isEmpty()) {
            scheduler.scheduleBatch(scheduled);
            events.publishEvent(new CellsQueued());
            notifier.send(QUEUED, "");
        }
    }

    /** Refills the windows that have room, each in a transaction of its own: most have none, or nothing to fill it with. */
    public void topUp() {
        for (UUID id : links.findRefillable(properties.window())) {
            transactions.executeWithoutResult(_ -> experiments.lock(id).ifPresent(this::refill));
        }
    }
}
