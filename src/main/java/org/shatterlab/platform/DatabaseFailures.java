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
 * Classifies exceptions that the database caused. Every layer wraps these exceptions in its own, also on commit and on
 * rollback, so only the chain of causes identifies them.
 */
public final class DatabaseFailures {

    /** SQLStates of connection failures, of a server that stops or starts, and of too many connections. */
    private static final Pattern UNAVAILABLE = Pattern.compile("08...|57P0[1-5]|53300");

    /** SQLStates of a lock timeout and of a transaction that was rolled back because of a deadlock. */
    private static final Pattern LOCKED = Pattern.compile("55P03|40P01");

    /** SQLState of a statement that ran too long. */
    private static final Pattern TOO_SLOW = Pattern.compile("57014");

    /**
     * SQLStates of a full disk and of other exhausted resources of the server, and of a change in a read-only database.
     */
    private static final Pattern REFUSES_CHANGES = Pattern.compile("53(?!300)...|25006");

    /** The message, without an SQLState, of a connection that the pool closed because it was broken. */
    private static final String CLOSED = "Connection is closed";

    private DatabaseFailures() {}

    /** Returns the problem that answers a failure. Empty if the database did not cause the failure. */
    static Optional<Problem> problem(Throwable failure) {
        if (anyCause(failure, DatabaseFailures::isRefusedChange)) {
            return Optional.of(Problem.DATABASE_READ_ONLY);
        }
        if (anyCause(failure, DatabaseFailures::isUnavailable)) {
            return Optional.of(Problem.DATABASE_AWAY);
        }
        return anyCause(failure, cause -> isLocked(cause) || isOverloaded(cause))
                ? Optional.of(Problem.BUSY)
                : Optional.empty();
    }

    /**
     * Returns whether a failure means that the database is unavailable, accepts no changes, or has too much to do.
     * A repetition may succeed later.
     */
    public static boolean isOutage(Throwable failure) {
        return anyCause(failure, cause -> isUnavailable(cause) || isRefusedChange(cause) || isOverloaded(cause));
    }

    private static boolean isUnavailable(Throwable cause) {
        return (cause instanceof CannotGetJdbcConnectionException && cause.getCause() == null)
                || (cause instanceof SQLException && CLOSED.equals(cause.getMessage()))
                || (cause instanceof SQLTransientConnectionException && !isPoolExhausted(cause))
                || isIn(UNAVAILABLE, cause);
    }

    private static boolean isRefusedChange(Throwable cause) {
        return isIn(REFUSES_CHANGES, cause);
    }

    /** Returns whether other users of a pool held all connections. After a failed connection, the pool names a cause. */
    private static boolean isPoolExhausted(Throwable cause) {
        return cause instanceof SQLTransientConnectionException && cause.getCause() == null;
    }

    private static boolean isOverloaded(Throwable cause) {
        return isPoolExhausted(cause) || isIn(TOO_SLOW, cause);
    }

    private static boolean isLocked(Throwable cause) {
        return cause instanceof PessimisticLockingFailureException || isIn(LOCKED, cause);
    }

    private static boolean isIn(Pattern states, Throwable cause) {
        return cause instanceof SQLException failure
                && failure.getSQLState() != null
                && states.matcher(failure.getSQLState()).matches();
    }

    /**
     * Returns whether the test matches the failure or one of its causes. If a rollback failed, the exception that led
     * to the rollback counts as a cause.
     */
    private static boolean anyCause(@Nullable Throwable failure, Predicate<Throwable> test) {
        return failure != null
                && (test.test(failure)
                        || anyCause(failure.getCause(), test)
                        || (failure instanceof TransactionSystemException rollback
                                && anyCause(rollback.getApplicationException(), test)));
    }
}
