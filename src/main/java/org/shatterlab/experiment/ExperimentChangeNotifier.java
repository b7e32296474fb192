package org.shatterlab.experiment;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
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
import org.shatterlab.experiment.store.ExperimentQueries;
import org.shatterlab.experiment.store.ExperimentStatus;
import org.shatterlab.experiment.store.ExperimentVersion;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.NotificationListener;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.request.RequestThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Notifies observers of changes to experiments, whichever process makes the change.
 *
 * <p>A changed experiment is read once for all its observers, together with other experiments that changed meanwhile.
 * An observer holds neither a thread nor a database connection. A lost notification delays a change by the polling
 * interval only, because every observed experiment is also read at that interval. Safe for use by several threads.
 */
@Component
@ConditionalOnRole(Role.API)
public class ExperimentChangeNotifier implements NotificationListener, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ExperimentChangeNotifier.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** The number of waiting requests that are answered at a time. Each answer takes a database connection. */
    private static final int ANSWERS = 8;

    private final ExperimentQueries queries;
    private final Map<UUID, Set<Watcher>> watched = new ConcurrentHashMap<>();
    private final Set<UUID> changed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean reading = new AtomicBoolean();
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("experiment-watch").factory());
    private final ExecutorService answers = Executors.newFixedThreadPool(
            ANSWERS,
            RequestThreads.marked(
                    Thread.ofPlatform().daemon().name("experiment-answer-", 0).factory()));
    private volatile boolean running = true;

    ExperimentChangeNotifier(ExperimentQueries queries) {
        this.queries = queries;
        var _ = reader.scheduleWithFixedDelay(
                this::onGap, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** An observer of one experiment. Calls come one after the other, and must return quickly. */
    public interface Observer {

        /** Receives the new state of the experiment. */
        void onChange(ExperimentStatus now);

        /** Receives the end of the notifications: the experiment was deleted, or this process stops. */
        void onEnd();
    }

    /** An observer with the version that the observer knows. */
    private final class Watcher {
        private final UUID experiment;
        private final Observer observer;
        private ExperimentVersion known;

        private Watcher(UUID experiment, ExperimentVersion known, Observer observer) {
            this.experiment = experiment;
            this.known = known;
            this.observer = observer;
        }

        private synchronized void notify(@Nullable ExperimentStatus now) {
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
     * Starts to notify an observer of changes. Several changes in a row may arrive as the latest one only.
     *
     * @param known the version that the observer knows
     * @return an action that ends the notifications
     */
    public Runnable watch(UUID experiment, ExperimentVersion known, Observer observer) {
        Watcher watcher = new Watcher(experiment, known, observer);
        watched.compute(experiment, (_, all) -> {
            Set<Watcher> more = all == null ? ConcurrentHashMap.newKeySet() : all;
            more.add(watcher);
            return more;
        });
        if (running) {
            // The experiment may have changed before the observer was registered.
            read(List.of(experiment));
        } else {
            watcher.notify(null);
        }
        return watcher::leave;
    }

    /** Returns a future that completes on a change of the experiment, or after a time. Its thread may block. */
    public CompletableFuture<Void> await(Experiment known, Duration maxWait) {
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
        return answer.completeOnTimeout(null, maxWait.toMillis(), TimeUnit.MILLISECONDS)
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
            Map<UUID, ExperimentStatus> statuses = queries.findStatuses(experiments).stream()
                    .collect(Collectors.toMap(ExperimentStatus::id, Function.identity()));
            experiments.forEach(id -> watchers(id).forEach(watcher -> watcher.notify(statuses.get(id))));
        } catch (RuntimeException e) {
            // The experiments are read again after the interval.
            log.debug("Experiments cannot be observed now.", e);
        }
    }

    private Set<Watcher> watchers(UUID experiment) {
        return watched.getOrDefault(experiment, Set.of());
    }

    @Override
    public void start() {
        running = true;
    }

    /** Ends all notifications before the web server waits for its last requests. */
    @Override
    public void stop() {
        running = false;
        watched.values().forEach(all -> all.forEach(watcher -> watcher.notify(null)));
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
