package org.shatterlab.platform.database;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseCheckTest {

    @Test
    void acceptsSessionOfEachConnection() {
        assertThatCode(() -> DatabaseCheck.requireSessions("1", "1", "2", "1", "2"))
                .doesNotThrowAnyException();
    }

    /** The processes that a pooler may use: one for all, two in turn, three in turn, or any that is free. */
    @ParameterizedTest
    @CsvSource({"1,1,1,1,1", "1,2,1,2,1", "1,2,3,1,2", "1,1,2,2,1", "1,1,2,1,3"})
    void rejectsSharedSessions(String first, String again, String second, String firstLater, String secondLater) {
        assertThatExceptionOfType(UnusableDatabaseException.class)
                .isThrownBy(() -> DatabaseCheck.requireSessions(first, again, second, firstLater, secondLater))
                .withMessageContaining("PgBouncer in transaction mode");
    }

    @Test
    void rejectsOldServer() {
        assertThatCode(() -> DatabaseCheck.requireVersion(150_000, "15.0")).doesNotThrowAnyException();
        assertThatExceptionOfType(UnusableDatabaseException.class)
                .isThrownBy(() -> DatabaseCheck.requireVersion(140_012, "14.12"))
                .withMessage("The database is PostgreSQL 14.12. The service needs PostgreSQL 15 or later.");
    }
}
