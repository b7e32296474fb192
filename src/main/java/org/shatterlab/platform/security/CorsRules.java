package org.shatterlab.platform.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.CorsFilter;

/** Allows requests from pages of the configured origins and rejects requests from pages of other origins. */
final class CorsRules extends DefaultCorsProcessor {

    private static final List<String> ALL = List.of(CorsConfiguration.ALL);

    private final SecurityProblemWriter problems;

    private CorsRules(SecurityProblemWriter problems) {
        this.problems = problems;
    }

    static CorsFilter filter(Set<String> allowed, SecurityProblemWriter problems) {
        CorsConfiguration rules = new CorsConfiguration();
        rules.setAllowedOrigins(List.copyOf(allowed));
        // The scopes of the token restrict methods, so CORS allows all of them.
        rules.setAllowedMethods(ALL);
        rules.setAllowedHeaders(ALL);
        rules.setExposedHeaders(ALL);
        rules.setMaxAge(Duration.ofHours(1));
        CorsFilter filter = new CorsFilter(_ -> rules);
        filter.setCorsProcessor(new CorsRules(problems));
        return filter;
    }

    @Override
    public boolean processRequest(
            @Nullable CorsConfiguration rules, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (super.processRequest(rules, request, response)) {
            return true;
        }
        problems.answer(
                request,
                response,
                new ProblemException(
                        Problem.FORBIDDEN,
                        "Pages of this origin may not use the service. The setting"
                                + " shatterlab.security.allowed-origins lists the allowed origins."));
        return false;
    }

    /** Does nothing, because {@link #processRequest} has answered the request. */
    @Override
    protected void rejectRequest(ServerHttpResponse response) {}
}
