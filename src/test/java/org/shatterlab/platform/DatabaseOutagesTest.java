package org.shatterlab.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;

@ExtendWith(OutputCaptureExtension.class)
class DatabaseOutagesTest {

    private static final Logger library = LoggerFactory.getLogger("com.example.library");
    private final Exception away =
            new CannotGetJdbcConnectionException("no connection", new SQLException("refused", "08001"));
    private final Exception full =
            new UncategorizedSQLException("insert", null, new SQLException("no space\nleft", "53100"));
    private final Exception exhausted = new SQLTransientConnectionException("requests - not available");

    private Instant now = Instant.parse("2026-11-30T12:00:00Z");
    private final DatabaseOutages outages = new DatabaseOutages(() -> now);

    @AfterEach
    void removeFilter() {
        outages.remove();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private static long lines(CapturedOutput output) {
        return output.getOut().lines().filter(line -> !line.isBlank()).count();
    }

    @Test
    void reportsLastingOutageOncePerMinute(CapturedOutput output) {
        for (int second = 0; second < 150; second++) {
            outages.record(away);
            pass(Duration.ofSeconds(1));
        }
        assertThat(lines(output)).isEqualTo(3);
        assertThat(output).contains("The database is unavailable", "for 60 s now: refused", "for 120 s now: refused");
    }

    @Test
    void reportsEndAfterCalmTime(CapturedOutput output) {
        outages.record(away);
        pass(Duration.ofSeconds(7));
        outages.record(away);
        pass(Duration.ofSeconds(9));
        outages.onAnswer();
        assertThat(output).doesNotContain("available again");
        pass(Duration.ofSeconds(1));
        outages.onAnswer();
        outages.onAnswer();
        assertThat(output.getOut()).containsOnlyOnce("The database is available again after 7 s");
    }

    @Test
    void condensesLinesOfLibraries(CapturedOutput output) {
        for (int i = 0; i < 100; i++) {
            library.error("A statement failed", away);
            library.warn("Statement {} of {} failed", i, 100, full);
        }
        assertThat(lines(output)).isEqualTo(2);
        assertThat(output)
                .contains("The database is unavailable", "The database accepts no changes", "no space left")
                .doesNotContain("A statement failed", "\tat ");
    }

    @Test
    void keepsLinesOfOtherFailures(CapturedOutput output) {
        library.error("A statement failed", new SQLException("duplicate key", "23505"));
        library.error("No failure of the database", new IllegalStateException());
        library.warn("A warning of {}", "a library");
        assertThat(output)
                .contains("duplicate key", "No failure of the database", "A warning of a library")
                .doesNotContain("The database is unavailable");
    }

    @Test
    void refusesChangesForMinuteAfterFailure() {
        assertThat(outages.refusesChanges()).isFalse();
        outages.record(full);
        assertThat(outages.refusesChanges()).isTrue();
        pass(Duration.ofSeconds(60));
        assertThat(outages.refusesChanges()).isFalse();
    }

    @Test
    void countsExhaustedPoolAsPartOfOutage() {
        assertThat(outages.record(exhausted)).hasValue(Problem.BUSY);
        outages.record(away);
        assertThat(outages.record(exhausted)).hasValue(Problem.DATABASE_AWAY);
    }
}
