package org.shatterlab.platform;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * A clock with the time of the database, which all processes share. The clock of each machine may differ. The
 * difference between the two clocks is measured once a second. While the database is unavailable, the last difference
 * stays in use. Thread-safe.
 */
@Component
public class DatabaseClock {

    private static final Logger log = LoggerFactory.getLogger(DatabaseClock.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int INITIAL_MEASUREMENTS = 5;

    /** The assumed drift between the two clocks per second. Callers need the time to tens of milliseconds. */
    private static final Duration DRIFT = Duration.ofMillis(10);

    private final JdbcClient jdbc;
    private final DatabaseOutages outages;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("database-clock").factory());

    private volatile Duration offset = Duration.ZERO;

    private Duration uncertainty = Duration.ofDays(1);

    /** Measures the difference of the clocks before it returns, unless the database is unavailable. */
    DatabaseClock(JdbcClient jdbc, DatabaseOutages outages) {
        this.jdbc = jdbc;
        this.outages = outages;
        // The first query is slow: it opens a connection and runs code that is not compiled yet. A clock that is set by
        // this query alone would jump back at the next query, and tasks scheduled by it would start late.
        for (int i = 0; i < INITIAL_MEASUREMENTS; i++) {
            measureOffset();
        }
        var _ = executor.scheduleWithFixedDelay(
                this::measureOffset, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns the time of the database, accurate to tens of milliseconds. Sends no query. */
    public Instant now() {
        return Instant.now().plus(offset);
    }

    @PreDestroy
    void stop() {
        executor.shutdownNow();
    }

    /** Measures the difference once. Catches every exception, because an exception would end the schedule. */
    private void measureOffset() {
        try {
            Instant before = Instant.now();
            Instant databaseTime = jdbc.sql("select clock_timestamp()")
                    .query(OffsetDateTime.class)
                    .single()
                    .toInstant();
            update(before, databaseTime, Instant.now());
            outages.onAnswer();
        } catch (RuntimeException e) {
            outages.record(e);
            log.debug("The database did not return its time", e);
        }
    }

    /** Ignores a slow answer, for example on a busy machine. An earlier, faster answer gives a more accurate time. */
    private void update(Instant before, Instant databaseTime, Instant after) {
        Duration latency = Duration.between(before, after).dividedBy(2);
        uncertainty = uncertainty.plus(DRIFT);
        if (latency.compareTo(uncertainty) <= 0) {
            uncertainty = latency;
            offset = Duration.between(before.plus(latency), databaseTime);
        }
    }
}
