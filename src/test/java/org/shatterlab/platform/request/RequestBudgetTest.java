package org.shatterlab.platform.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.shatterlab.platform.ProblemException;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestBudgetTest {

    private final RequestBudget budget = new RequestBudget("figures are drawn", 3, 2, Duration.ofMillis(10));

    @Test
    void rejectsBeyondAllUnits() {
        var first = budget.acquire(request(null), 2);
        var _ = budget.acquire(request(null));
        assertThatThrownBy(() -> budget.acquire(request(null)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("figures are drawn now");
        first.close();
        first.close();
        var _ = budget.acquire(request(null), 2);
        assertThatThrownBy(() -> budget.acquire(request(null))).isInstanceOf(ProblemException.class);
    }

    @Test
    void leavesRoomForOtherTokens() {
        var _ = budget.acquire(request("one"), 2);
        assertThatThrownBy(() -> budget.acquire(request("one")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("for this token");
        assertThat(budget.acquire(request("two"))).isNotNull();
    }

    @Test
    void oversizedRequestRunsAlone() {
        var permit = budget.acquire(request(null), 100);
        assertThatThrownBy(() -> budget.acquire(request(null))).isInstanceOf(ProblemException.class);
        permit.close();
        assertThat(budget.acquire(request(null), 3)).isNotNull();
    }

    @Test
    void returnsTokensUnitsOnRejection() {
        var all = budget.acquire(request(null), 3);
        assertThatThrownBy(() -> budget.acquire(request("one"), 2)).isInstanceOf(ProblemException.class);
        all.close();
        assertThat(budget.acquire(request("one"), 2)).isNotNull();
    }

    @Test
    void shrinkingReturnsUnits() {
        var permit = budget.acquire(request("one"), 2);
        permit.shrink(1);
        permit.shrink(2);
        var second = budget.acquire(request("one"));
        assertThatThrownBy(() -> budget.acquire(request("one"))).isInstanceOf(ProblemException.class);
        permit.close();
        second.close();
        assertThat(budget.acquire(request(null), 3)).isNotNull();
    }

    @Test
    void boundsWaitingRequests() throws InterruptedException {
        RequestBudget patient = new RequestBudget("figures are drawn", 1, 1, Duration.ofMinutes(1));
        var running = patient.acquire(request(null));
        List<Thread> waiting = IntStream.range(0, 64)
                .mapToObj(_ -> Thread.ofVirtual()
                        .start(() -> patient.acquire(request(null)).close()))
                .toList();
        while (waiting.stream().anyMatch(thread -> thread.getState() != Thread.State.TIMED_WAITING)) {
            Thread.sleep(1);
        }
        assertThatThrownBy(() -> patient.acquire(request(null))).isInstanceOf(ProblemException.class);
        running.close();
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(patient.acquire(request(null))).isNotNull();
    }

    private static MockHttpServletRequest request(@Nullable String token) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        Principal principal = token == null ? null : () -> token;
        request.setUserPrincipal(principal);
        return request;
    }
}
