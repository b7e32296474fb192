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

/** Which other sites' pages may use the service from a browser; what others send is refused. */
final class CorsRules extends DefaultCorsProcessor {

    private static final List<String> ALL = List.of(CorsConfiguration.ALL);

    private final SecurityProblemWriter refusals;

    private CorsRules(SecurityProblemWriter refusals) {
        this.refusals = refusals;
    }

    static CorsFilter filter(Set<String> allowed, SecurityProblemWriter refusals) {
        CorsConfiguration rules = new CorsConfiguration();
        rules.setAllowedOrigins(List.copyOf(allowed));
        // Who may do what is the token's to say.
        rules.setAllowedMethods(ALL);
        rules.setAllowedHeaders(ALL);
        rules.setExposedHeaders(ALL);
        rules.setMaxAge(Duration.ofHours(1));
        CorsFilter filter = new CorsFilter(_ -> rules);
        filter.setCorsProcessor(new CorsRules(refusals));
        return filter;
    }

    @Override
    public boolean processRequest(
            @Nullable CorsConfiguration rules, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (super.processRequest(rules, request, response)) {
            return true;
        }
        refusals.answer(
                request,
                response,
                new ProblemException(
                        Problem.FORBIDDEN,
                        "Pages of this origin may not use the service: shatterlab.security.allowed-origins names those"
                                + " that may."));
        return false;
    }

    /** What is refused is answered above. */
    @Override
    protected void rejectRequest(ServerHttpResponse response) {}
}
