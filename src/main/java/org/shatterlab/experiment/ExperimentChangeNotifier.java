package org.shatterlab.experiment;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentChangePublisher;
import org.shatterlab.experiment.store.ExperimentList;
import org.shatterlab.experiment.store.ExperimentStatus;
import org.shatterlab.experiment.store.ExperimentVersion;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.DatabaseClock;
import org.shatterlab.platform.NotificationListener;
import org.shatterlab.platform.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells when experiments change, whichever process changed them. However many watch, an experiment that is said to have
 * changed is read once for all of them, with all others of which that is said meanwhile, and who watches holds neither a
 * thread nor a connection. Should nothing be said, every experiment that is watched is read from time to time.
 */
@Component
@ConditionalOnRole(Role.API)
public class ExperimentChangeNotifier implements NotificationListener, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ExperimentChangeNotifier.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** How many who waited are answered at a time, each with a connection to the database. */
    private static final int ANSWERS = 8;

    private final JdbcClient jdbc;
    private final DatabaseClock clock;
    private final Map<UUID, Set<Watcher>> watched = new ConcurrentHashMap<>();
    private final Set<UUID> changed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean reading = new AtomicBoolean();
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("experiment-watch").factory());
    private final ExecutorService answers = Executors.newFixedThreadPool(
            ANSWERS, Thread.ofPlatform().daemon().name("experiment-answer-", 0).factory());
    private volatile boolean running = true;

    ExperimentChangeNotifier(JdbcClient jdbc, DatabaseClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        var _ = reader.scheduleWithFixedDelay(
                this::onGap, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Who is told of an experiment, one thing after the other, and must not keep the others waiting. */
    public interface Observer {

        /** It is not as it was known before. */
        void onChange(ExperimentStatus now);

        /** There is nothing more to be told: it was deleted, or this process ends. */
        void onEnd();
    }

    /** What one observer was told last. */
    private final class Watcher {
        private final UUID experiment;
        private final Observer observer;
        private ExperimentVersion known;

        private Watcher(UUID experiment, ExperimentVersion known, Observer observer) {
            this.experiment = experiment;
            this.known = known;
            this.observer = observer;
        }

        private synchronized void tell(@Nullable ExperimentStatus now) {
            if (now == null) {
                leave();
                observer.onEnd();
            } else if (!now.version().equals(known)) {
                known = now.version();
                observer.onChange(now);
            }
        }

        private void leave() {
            watched.computeIfPresent(experiment, (_, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
        }
    }

    /**
     * Tells of each change of an experiment since it was as it is known, the latest where there are many.
     *
     * @return ends the telling
     */
    public Runnable watch(UUID experiment, ExperimentVersion known, Observer observer) {
        Watcher watcher = new Watcher(experiment, known, observer);
        watched.compute(experiment, (_, all) -> {
            Set<Watcher> more = all == null ? ConcurrentHashMap.newKeySet() : all;
            more.add(watcher);
            return more;
        });
        if (running) {
            // It may have changed before it was watched.
            read(List.of(experiment));
        } else {
            watcher.tell(null);
        }
        return watcher::leave;
    }

    /** Completes when an experiment is no longer as it was known, or after a time, on a thread that may wait. */
    public CompletableFuture<Void> await(Experiment known, Duration most) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        Runnable leave = watch(known.id(), known.version(), new Observer() {
            @Override
            public void onChange(ExperimentStatus now) {
                answer.complete(null);
            }

            @Override
            public void onEnd() {
                answer.complete(null);
            }
        });
        return answer.completeOnTimeout(null, most.toMillis(), TimeUnit.MILLISECONDS)
                .thenRunAsync(leave, answers);
    }

    @Override
    public String channel() {
        return ExperimentChangePublisher.CHANNEL;
    }

    @Override
    public void onNotification(String payload) {
        UUID experiment = UUID.fromString(payload);
        if (watched.containsKey(experiment)) {
            read(List.of(experiment));
        }
    }

    @Override
    public void onGap() {
        read(watched.keySet());
    }

    private void read(Collection<UUID> experiments) {
        changed.addAll(experiments);
        if (reading.compareAndSet(false, true)) {
            reader.execute(this::read);
        }
    }

    private void read() {
        reading.set(false);
        Set<UUID> experiments = Set.copyOf(changed);
        changed.removeAll(experiments);
        if (experiments.isEmpty()) {
            return;
        }
        try {
            Map<UUID, ExperimentStatus> statuses = find(experiments);
            experiments.forEach(id -> watchers(id).forEach(watcher -> watcher.tell(statuses.get(id))));
        } catch (RuntimeException e) {
            // Read again after the interval.
            log.debug("experiments cannot be watched now", e);
        }
    }

    private Set<Watcher> watchers(UUID experiment) {
        return watched.getOrDefault(experiment, Set.of());
    }

    private Map<UUID, ExperimentStatus> find(Set<UUID> experiments) {
        Instant now = clock.now();
        return jdbc
                .sql("select " + ExperimentList.STATUS + " from experiment where id = any (?::uuid[])")
                .param(experiments.stream().map(UUID::toString).toArray(String[]::new))
                .query((row, _) -> ExperimentList.status(row, now))
                .list()
                .stream()
                .collect(Collectors.toMap(ExperimentStatus::id, Function.identity()));
    }

    @Override
    public void start() {
        running = true;
    }

    /** Before the web server waits for the requests that it is still answering. */
    @Override
    public void stop() {
        running = false;
        watched.values().forEach(all -> all.forEach(watcher -> watcher.tell(null)));
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @PreDestroy
    void end() {
        reader.shutdownNow();
        answers.shutdown();
    }
}
