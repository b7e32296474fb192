package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.request.RequestBudget;
import org.shatterlab.platform.request.RequestPermits;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** Limits the clients that wait for news of experiments, by streams and by long polls together. Thread-safe. */
@Component
@ConditionalOnRole(Role.API)
@EnableConfigurationProperties(StreamProperties.class)
class StreamBudget {

    private final RequestBudget clients;

    StreamBudget(StreamProperties limits) {
        clients = new RequestBudget("clients wait for news", limits.streams(), limits.streamsPerToken(), Duration.ZERO);
    }

    /**
     * Counts the client of a request until the request ends.
     *
     * @throws ProblemException with status 503 and {@code Retry-After}, if too many clients wait
     */
    void hold(HttpServletRequest request) {
        RequestPermits.hold(clients, request, 1);
    }
}
