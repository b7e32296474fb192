package org.shatterlab.platform.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers what is refused before it comes to a handler with the problem documents that handlers answer with. None says
 * anything of what was sent.
 */
final class SecurityProblemWriter implements AuthenticationEntryPoint, AccessDeniedHandler {

    private static final Logger log = LoggerFactory.getLogger(SecurityProblemWriter.class);

    private final HandlerExceptionResolver resolver;

    SecurityProblemWriter(HandlerExceptionResolver resolver) {
        this.resolver = resolver;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException e) {
        answer(
                request,
                response,
                switch (e) {
                    case IssuerAwayException _ -> issuerAway(e);
                    case OAuth2AuthenticationException _ ->
                        unauthenticated(
                                "Bearer error=\"invalid_token\"",
                                "The token is not valid: it is unknown or malformed, has expired, or is not one for this service.");
                    default ->
                        unauthenticated(
                                "Bearer",
                                "This needs a token: send it in the header Authorization, as Bearer and the token.");
                });
    }

    /** RFC 6750 names the scope that is lacking. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException e) {
        String scope = Scope.of(request.getMethod()).apiName();
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\", scope=\"" + scope + "\"");
        answer(
                request,
                response,
                new ProblemException(
                        Problem.FORBIDDEN, "The token lacks the scope \"" + scope + "\", which this needs.", headers));
    }

    void answer(HttpServletRequest request, HttpServletResponse response, ProblemException problem) {
        resolver.resolveException(request, response, null, problem);
    }

    private static ProblemException unauthenticated(String challenge, String detail) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.WWW_AUTHENTICATE, challenge);
        return new ProblemException(Problem.UNAUTHENTICATED, detail, headers);
    }

    private static ProblemException issuerAway(AuthenticationException e) {
        // In one line, since anyone can cause it.
        log.warn(
                "the issuer of tokens does not answer: {}",
                NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        return new ProblemException(Problem.ISSUER_AWAY, "Try again in a few seconds.");
    }
}
