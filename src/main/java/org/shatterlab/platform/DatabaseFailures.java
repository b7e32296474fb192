package org.shatterlab.platform;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * Which failures are the database's and not the service's. Every layer wraps them in exceptions of its own, on commit and on
 * rollback too, so that only their causes tell.
 */
public final class DatabaseFailures {

    /** SQLState: connection failures, shut down or starting, and too many connections. */
    private static final Pattern AWAY = Pattern.compile("08...|57P0[1-5]|53300");

    /** SQLState: a lock that was waited for too long, and the victim of a deadlock. */
    private static final Pattern LOCKED = Pattern.compile("55P03|40P01");

    /** What the pool says, without an SQLState, of a connection that it gave up because it was broken. */
    private static final String GIVEN_UP = "Connection is closed";

    private DatabaseFailures() {}

    /** What to answer to a failure; empty where the database has no part in it. */
    static Optional<Problem> problem(Throwable failure) {
        if (isOutage(failure)) {
            return Optional.of(Problem.DATABASE_AWAY);
        }
        return any(failure, DatabaseFailures::isLocked) ? Optional.of(Problem.BUSY) : Optional.empty();
    }

    /** Whether the database is away, which it may not be a moment later. */
    public static boolean isOutage(Throwable failure) {
        return any(failure, DatabaseFailures::isAway);
    }

    private static boolean isAway(Throwable cause) {
        return cause instanceof SQLTransientConnectionException
                || cause instanceof CannotGetJdbcConnectionException
                || (cause instanceof SQLException && GIVEN_UP.equals(cause.getMessage()))
                || isIn(AWAY, cause);
    }

    private static boolean isLocked(Throwable cause) {
        return cause instanceof PessimisticLockingFailureException || isIn(LOCKED, cause);
    }

    private static boolean isIn(Pattern states, Throwable cause) {
        return cause instanceof SQLException failure
                && failure.getSQLState() != null
                && states.matcher(failure.getSQLState()).matches();
    }

    /** Whether it is so of the failure or a cause of it. Why a transaction was to be rolled back that could not be, is one. */
    private static boolean any(@Nullable Throwable failure, Predicate<Throwable> test) {
        return failure != null
                && (test.test(failure)
                        || any(failure.getCause(), test)
                        || (failure instanceof TransactionSystemException rollback
                                && any(rollback.getApplicationException(), test)));
    }
}
