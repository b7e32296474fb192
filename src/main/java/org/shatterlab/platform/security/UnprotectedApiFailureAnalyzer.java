package org.shatterlab.platform.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows the reason and the remedies in place of a stack trace. */
class UnprotectedApiFailureAnalyzer extends AbstractFailureAnalyzer<UnprotectedApiException> {

    private static final String ACTION = """
            Either make a token (the README says how, under "Who may use it") and set
                SHATTERLAB_SECURITY_TOKENS_<NAME>_SHA256 to its SHA-256 and
                SHATTERLAB_SECURITY_TOKENS_<NAME>_SCOPES to read,write,
            or name an issuer of tokens in SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI,
            or let this machine alone reach the API: SERVER_ADDRESS=127.0.0.1.""";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnprotectedApiException cause) {
        return new FailureAnalysis(cause.getMessage(), ACTION, cause);
    }
}
