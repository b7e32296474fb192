package org.shatterlab.platform;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.PersistenceException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.hibernate.TransactionException;
import org.hibernate.exception.JDBCConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.orm.jpa.JpaSystemException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

class DatabaseFailuresTest {

    private static SQLException sql(String state) {
        return new SQLException("as PostgreSQL puts it", state);
    }

    static Stream<Exception> outages() {
        SQLException poolTimeout =
                new SQLTransientConnectionException("requests - Connection is not available", "08001", sql("08001"));
        TransactionSystemException rollback = new TransactionSystemException("Could not roll back");
        rollback.initApplicationException(new UncategorizedSQLException("insert", null, sql("57P01")));
        return Stream.of(
                new CannotCreateTransactionException(
                        "Could not open JPA EntityManager", new PersistenceException(poolTimeout)),
                new CannotGetJdbcConnectionException("Failed to obtain JDBC Connection", poolTimeout),
                new CannotGetJdbcConnectionException("Failed to obtain JDBC Connection"),
                new UncategorizedSQLException("select", null, sql("57P01")),
                new UncategorizedSQLException("select", null, sql("57P02")),
                new UncategorizedSQLException("select", null, sql("57P03")),
                new DataAccessResourceFailureException("connect", sql("53300")),
                new DataAccessResourceFailureException(
                        "select", new PSQLException("An I/O error occurred", PSQLState.CONNECTION_FAILURE)),
                new JpaSystemException(new JDBCConnectionException("Unable to commit", sql("08006"))),
                new TransactionSystemException("Could not commit", new PersistenceException(sql("08003"))),
                new CompletionException(new DataAccessResourceFailureException(
                        "batch", new BatchUpdateException("x", "08006", 0, new int[0]))),
                new JpaSystemException(new TransactionException(
                        "Unable to rollback against JDBC Connection", new SQLException("Connection is closed"))),
                rollback);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void reportsOutageAsDatabaseAway(Exception failure) {
        assertThat(DatabaseFailures.problem(failure)).hasValue(Problem.DATABASE_AWAY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"53100", "53200", "25006"})
    void reportsRefusedChangeAsReadOnly(String state) {
        Exception refused = new UncategorizedSQLException("insert", null, sql(state));
        assertThat(DatabaseFailures.problem(refused)).hasValue(Problem.DATABASE_READ_ONLY);
        assertThat(DatabaseFailures.isOutage(refused)).isTrue();
    }

    @Test
    void reportsExhaustedPoolAsBusy() {
        Exception exhausted = new CannotGetJdbcConnectionException(
                "Failed to obtain JDBC Connection",
                new SQLTransientConnectionException("requests - Connection is not available"));
        assertThat(DatabaseFailures.problem(exhausted)).hasValue(Problem.BUSY);
        assertThat(DatabaseFailures.isOutage(exhausted)).isTrue();
    }

    @Test
    void reportsLockFailureAsBusy() {
        assertThat(DatabaseFailures.problem(new CannotAcquireLockException("lock", sql("55P03"))))
                .hasValue(Problem.BUSY);
        assertThat(DatabaseFailures.problem(new PersistenceException(sql("40P01"))))
                .hasValue(Problem.BUSY);
    }

    @Test
    void reportsSlowStatementAsOverload() {
        PersistenceException slow = new PersistenceException(sql("57014"));
        assertThat(DatabaseFailures.problem(slow)).hasValue(Problem.BUSY);
        assertThat(DatabaseFailures.isOutage(slow)).isTrue();
    }

    static Stream<Exception> otherFailures() {
        return Stream.of(
                new IllegalStateException("08006"),
                new DataIntegrityViolationException("insert", sql("23505")),
                new SQLException("no state at all"),
                new TransactionSystemException("Could not commit"));
    }

    @ParameterizedTest
    @MethodSource("otherFailures")
    void ignoresOtherFailures(Exception failure) {
        assertThat(DatabaseFailures.problem(failure)).isEmpty();
    }
}
