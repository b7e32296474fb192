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
 * Answers requests that the security filters reject with problem documents. No document repeats a part of the request,
 * because the request may have a token.
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
                    case IssuerUnavailableException _ -> issuerUnavailable(e);
                    case OAuth2AuthenticationException _ ->
                        unauthenticated(
                                "Bearer error=\"invalid_token\"",
                                "The token is not valid. It is unknown, malformed, expired"
                                        + " or issued for another service.");
                    default ->
                        unauthenticated(
                                "Bearer",
                                "This request needs a token. Send the header Authorization with the word Bearer"
                                        + " and the token.");
                });
    }

    /** Answers with the missing scope in the header {@code WWW-Authenticate}, as RFC 6750 requires. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException e) {
        String scope = Scope.of(request.getMethod()).apiName();
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\", scope=\"" + scope + "\"");
        answer(
                request,
                response,
                new ProblemException(
                        Problem.FORBIDDEN,
                        "The token lacks the scope \"" + scope + "\" that this request needs.",
                        headers));
    }

    void answer(HttpServletRequest request, HttpServletResponse response, ProblemException problem) {
        resolver.resolveException(request, response, null, problem);
    }

    private static ProblemException unauthenticated(String challenge, String detail) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.WWW_AUTHENTICATE, challenge);
        return new ProblemException(Problem.UNAUTHENTICATED, detail, headers);
    }

    private static ProblemException issuerUnavailable(AuthenticationException e) {
        // The log has no stack trace, because every client can cause this message.
        log.warn(
                "The issuer of tokens does not answer: {}",
                NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        return new ProblemException(Problem.ISSUER_AWAY, "Try again in a few seconds.");
    }
}
