package org.shatterlab.platform.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletRequestEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.shatterlab.platform.ProblemException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockServletContext;

/** Tests that a request holds its permits until it ends. */
class RequestPermitsTest {

    private final RequestBudget budget = new RequestBudget("tests run", 3, 3, Duration.ZERO);

    private static void end(MockHttpServletRequest request) {
        new RequestPermits().requestDestroyed(new ServletRequestEvent(new MockServletContext(), request));
    }

    @Test
    void releasesAllPermitsAtEnd() {
        MockHttpServletRequest first = new MockHttpServletRequest();
        RequestPermits.hold(budget, first, 1);
        RequestPermits.hold(budget, first, 2);
        MockHttpServletRequest second = new MockHttpServletRequest();
        assertThatThrownBy(() -> RequestPermits.hold(budget, second, 1)).isInstanceOf(ProblemException.class);
        end(first);
        assertThatCode(() -> RequestPermits.hold(budget, second, 3)).doesNotThrowAnyException();
    }

    @Test
    void endsRequestWithoutPermits() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        end(request);
        assertThat(request.getAttributeNames().hasMoreElements()).isFalse();
    }
}
