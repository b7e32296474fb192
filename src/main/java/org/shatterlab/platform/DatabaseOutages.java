package org.shatterlab.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import jakarta.annotation.PreDestroy;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/**
 * Follows the outages of the database, and reports each outage in few lines of the log: one line when the outage
 * begins, one line a minute while it lasts, and one line when it is over. Thread-safe.
 *
 * <p>During an outage every statement of every library fails, and most libraries log each failure with its stack trace.
 * This filter therefore drops each warning and error whose exception comes from an outage. A logger that logs debug
 * messages keeps its lines.
 */
@Component
public class DatabaseOutages extends TurboFilter {

    private static final org.slf4j.Logger log = LoggerFactory.getLogger(DatabaseOutages.class);
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(1);

    /** The time without a failure after which the database counts as available again. Longer than any retry interval. */
    private static final Duration CALM = Duration.ofSeconds(10);

    private final InstantSource time;

    /** The outages that last. Guarded by this object. */
    private final Map<Problem, Outage> outages = new EnumMap<>(Problem.class);

    @Autowired
    DatabaseOutages() {
        this(InstantSource.system());
    }

    DatabaseOutages(InstantSource time) {
        this.time = time;
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.addTurboFilter(this);
        }
    }

    private static final class Outage {
        private final Instant start;
        private Instant lastFailure;
        private Instant lastReport;

        private Outage(Instant start) {
            this.start = start;
            this.lastFailure = start;
            this.lastReport = start;
        }
    }

    /** Removes the filter, because the log outlives this application in tests. */
    @PreDestroy
    void remove() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.getTurboFilterList().remove(this);
        }
    }

    /**
     * Records a failure and returns the problem that answers the failure. Empty if the database did not cause the
     * failure.
     */
    Optional<Problem> record(Throwable failure) {
        Optional<Problem> problem = DatabaseFailures.problem(failure);
        return problem.map(found -> record(found, failure));
    }

    /** Records that a connection was lost, or that no new connection can be opened. */
    void onLostConnection(SQLException failure) {
        record(Problem.DATABASE_AWAY, failure);
    }

    /** Records that the database answered. Ends the outages without a recent failure. */
    synchronized void onAnswer() {
        Instant now = time.instant();
        outages.entrySet().removeIf(entry -> {
            Outage outage = entry.getValue();
            // Nobody may try to change data for a while, so that no failure does not mean that changes succeed.
            Duration calm = entry.getKey() == Problem.DATABASE_AWAY ? CALM : REPORT_INTERVAL;
            boolean over = !now.isBefore(outage.lastFailure.plus(calm));
            if (over) {
                long seconds =
                        Duration.between(outage.start, outage.lastFailure).toSeconds();
                log.info(end(entry.getKey()), seconds);
            }
            return over;
        });
    }

    /** Returns whether the database refused a change within the last minute. */
    public synchronized boolean refusesChanges() {
        Outage outage = outages.get(Problem.DATABASE_READ_ONLY);
        return outage != null && time.instant().isBefore(outage.lastFailure.plus(REPORT_INTERVAL));
    }

    /** Records a failure. A failure without a known cause belongs to an outage that lasts. */
    private synchronized Problem record(Problem found, Throwable failure) {
        Problem problem =
                found == Problem.BUSY && outages.containsKey(Problem.DATABASE_AWAY) ? Problem.DATABASE_AWAY : found;
        Instant now = time.instant();
        Outage outage = outages.get(problem);
        if (outage == null) {
            outages.put(problem, new Outage(now));
            log.warn("{}: {}", start(problem), reason(failure));
            return problem;
        }
        outage.lastFailure = now;
        if (!now.isBefore(outage.lastReport.plus(REPORT_INTERVAL))) {
            outage.lastReport = now;
            log.warn(
                    "{}, for {} s now: {}",
                    start(problem),
                    Duration.between(outage.start, now).toSeconds(),
                    reason(failure));
        }
        return problem;
    }

    /** Returns the innermost message in one line. */
    private static String reason(Throwable failure) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
        return (cause.getMessage() == null ? cause.toString() : cause.getMessage()).replaceAll("\\s+", " ");
    }

    private static String start(Problem problem) {
        return switch (problem) {
            case DATABASE_AWAY ->
                "The database is unavailable. Requests are answered with 503, and workers keep their results and wait";
            case DATABASE_READ_ONLY ->
                "The database accepts no changes. Changes are answered with 503, and workers keep their results and wait";
            default -> "Requests wait too long for connections or for locks, and are answered with 503";
        };
    }

    private static String end(Problem problem) {
        return switch (problem) {
            case DATABASE_AWAY -> "The database is available again after {} s";
            case DATABASE_READ_ONLY ->
                "The database has refused no change for a minute, after it refused changes for {} s";
            default -> "No request has waited too long for connections or locks for a minute, after {} s";
        };
    }

    /** Drops the lines of an outage, and records the outage instead. */
    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable thrown) {
        Throwable failure = thrown != null ? thrown : lastThrowable(params);
        if (failure == null || !level.isGreaterOrEqual(Level.WARN) || logger.isDebugEnabled()) {
            return FilterReply.NEUTRAL;
        }
        return record(failure).isPresent() ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    /** Returns the throwable among the arguments of a message, which is their last one. */
    private static @Nullable Throwable lastThrowable(Object @Nullable [] params) {
        return params != null && params.length > 0 && params[params.length - 1] instanceof Throwable last ? last : null;
    }
}
