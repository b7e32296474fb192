package org.shatterlab.experiment;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells when experiments change, whichever process changed them. However many wait, one thread asks the database for all of
 * them at once, and who waits holds neither a thread nor a connection.
 */
@Component
@ConditionalOnRole(Role.API)
public class ExperimentWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ExperimentWatch.class);
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final JdbcClient jdbc;
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("experiment-watch").factory());

    ExperimentWatch(JdbcClient jdbc) {
        this.jdbc = jdbc;
        var _ = poller.scheduleWithFixedDelay(
                this::poll, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Someone who waits; equal to nobody else. */
    private static final class Watcher {
        private final UUID experiment;
        private final ExperimentVersion known;
        private final Instant deadline;
        private final CompletableFuture<Void> answer = new CompletableFuture<>();

        private Watcher(Experiment experiment, Instant deadline) {
            this.experiment = experiment.id();
            this.known = experiment.version();
            this.deadline = deadline;
        }

        private boolean isNews(@Nullable ExperimentVersion now) {
            return !known.equals(now);
        }
    }

    /** Completes when an experiment is no longer as it was known, or after a time. */
    public CompletableFuture<Void> await(Experiment known, Duration most) {
        Watcher watcher = new Watcher(known, Instant.now().plus(most));
        watchers.add(watcher);
        return watcher.answer;
    }

    private void answer(Watcher watcher) {
        watchers.remove(watcher);
        watcher.answer.complete(null);
    }

    private void poll() {
        Instant now = Instant.now();
        Set<Watcher> waiting = Set.copyOf(watchers);
        waiting.stream().filter(watcher -> now.isAfter(watcher.deadline)).forEach(this::answer);
        if (waiting.isEmpty()) {
            return;
        }
        try {
            Map<UUID, ExperimentVersion> versions = versions(waiting);
            waiting.stream()
                    .filter(watcher -> watcher.isNews(versions.get(watcher.experiment)))
                    .forEach(this::answer);
        } catch (RuntimeException e) {
            // What escapes would end the polling for good; those who wait are answered when their time has passed.
            LOG.debug("experiments cannot be watched now", e);
        }
    }

    private Map<UUID, ExperimentVersion> versions(Set<Watcher> waiting) {
        Map<UUID, ExperimentVersion> versions = new HashMap<>();
        jdbc.sql(
                        "select id, state, done, failed, rounds, started_at, finished_at from experiment where id = any (?::uuid[])")
                .param(waiting.stream()
                        .map(watcher -> watcher.experiment.toString())
                        .distinct()
                        .toArray(String[]::new))
                .query(row -> {
                    versions.put(
                            row.getObject(1, UUID.class),
                            new ExperimentVersion(
                                    ExperimentState.valueOf(row.getString(2)),
                                    row.getInt(3),
                                    row.getInt(4),
                                    row.getObject(5, Integer.class),
                                    Rows.instant(row, 6),
                                    Rows.instant(row, 7)));
                });
        return versions;
    }

    @PreDestroy
    void stop() {
        poller.shutdownNow();
    }
}
