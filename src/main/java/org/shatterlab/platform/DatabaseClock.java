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
 * The time of the database, asked for once a second: the one clock that all processes go by, whatever those of their
 * machines say. While the database is away the last difference holds.
 */
@Component
public class DatabaseClock {

    private static final Logger log = LoggerFactory.getLogger(DatabaseClock.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int FIRST_QUESTIONS = 5;

    /** So much more the clocks may differ after each second; the right time is a matter of tens of milliseconds. */
    private static final Duration DRIFT = Duration.ofMillis(10);

    private final JdbcClient jdbc;
    private final ScheduledExecutorService questions = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("database-clock").factory());

    private volatile Duration ahead = Duration.ZERO;

    private Duration uncertainty = Duration.ofDays(1);

    /** The clock is right when this returns, unless the database is away. */
    DatabaseClock(JdbcClient jdbc) {
        this.jdbc = jdbc;
        // The first answer takes long: it opens a connection and runs code that is not compiled. A clock set by it
        // alone
        // would jump back afterwards, and whoever waits by it would wait longer by that much.
        for (int i = 0; i < FIRST_QUESTIONS; i++) {
            ask();
        }
        var _ = questions.scheduleWithFixedDelay(
                this::ask, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The time on the database's clock, to some tens of milliseconds; asks nobody. */
    public Instant now() {
        return Instant.now().plus(ahead);
    }

    @PreDestroy
    void stop() {
        questions.shutdownNow();
    }

    /** What escapes would end the questions for good. */
    private void ask() {
        try {
            Instant before = Instant.now();
            Instant there = jdbc.sql("select clock_timestamp()")
                    .query(OffsetDateTime.class)
                    .single()
                    .toInstant();
            set(before, there, Instant.now());
        } catch (RuntimeException e) {
            log.debug("The database does not tell its time", e);
        }
    }

    /** An answer that took long, because the machine is busy, tells less of the time than an earlier one that did not. */
    private void set(Instant before, Instant there, Instant after) {
        Duration onTheWay = Duration.between(before, after).dividedBy(2);
        uncertainty = uncertainty.plus(DRIFT);
        if (onTheWay.compareTo(uncertainty) <= 0) {
            uncertainty = onTheWay;
            ahead = Duration.between(before.plus(onTheWay), there);
        }
    }
}
