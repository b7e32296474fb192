package org.shatterlab.platform.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports the reason and the remedies of a failed start instead of a stack trace. */
class UnprotectedApiFailureAnalyzer extends AbstractFailureAnalyzer<UnprotectedApiException> {

    private static final String ACTION = """
            Either create a token (see "Who may use it" in the documentation) and set
                SHATTERLAB_SECURITY_TOKENS_<NAME>_SHA256 to its SHA-256 and
                SHATTERLAB_SECURITY_TOKENS_<NAME>_SCOPES to read,write,
            or set the address of an issuer of tokens: SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI,
            or accept requests of this machine only: SERVER_ADDRESS=127.0.0.1.""";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnprotectedApiException cause) {
        return new FailureAnalysis(cause.getMessage(), ACTION, cause);
    }
}
