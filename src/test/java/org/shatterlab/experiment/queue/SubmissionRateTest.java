package org.shatterlab.experiment.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.shatterlab.platform.ProblemException;

class SubmissionRateTest {

    private final AtomicLong nanos = new AtomicLong();
    private final SubmissionRate rate =
            new SubmissionRate(new QueueCapacityProperties(1, 1, 1000, 600), new TimeMeter() {
                @Override
                public long currentTimeNanos() {
                    return nanos.get();
                }

                @Override
                public boolean isWallClockBased() {
                    return true;
                }
            });

    private void wait(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    private void assertRejected(String caller, int cells, String message) {
        assertThatThrownBy(() -> rate.take(caller, cells))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(message);
    }

    @Test
    void statesTimeUntilThereIsRoom() {
        rate.take("ada", 590);
        assertRejected("ada", 100, "600 is the limit on cells that a token may plan in a minute. Retry in 9 s.");
        wait(8);
        assertRejected("ada", 100, "Retry in 1 s.");
        wait(1);
        rate.take("ada", 100);
    }

    @Test
    void separatesTokens() {
        rate.take("ada", 600);
        assertRejected("ada", 1, "a token");
        rate.take("bob", 400);
    }

    @Test
    void limitsAllClientsTogether() {
        rate.take("ada", 600);
        rate.take("bob", 400);
        assertRejected("carol", 300, "1000 is the limit on cells that all clients may plan in a minute");
        assertThatThrownBy(() -> rate.take(null, 1)).hasMessageContaining("all clients");
        wait(30);
        // The rejected request took nothing from the bucket of the token.
        rate.take("carol", 500);
    }

    @Test
    void admitsLargestRequestOnceAMinute() {
        rate.take("ada", 5000);
        assertRejected("ada", 5000, "Retry in 60 s.");
        wait(60);
        rate.take("ada", 5000);
        assertThat(nanos).hasValue(Duration.ofMinutes(1).toNanos());
    }
}
