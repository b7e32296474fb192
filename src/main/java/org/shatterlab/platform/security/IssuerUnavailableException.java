package org.shatterlab.platform.security;

import org.springframework.security.core.AuthenticationException;

/** The service cannot fetch the keys of the token issuer, so it cannot verify a token. */
final class IssuerUnavailableException extends AuthenticationException {

    IssuerUnavailableException(String message) {
        super(message);
    }

    IssuerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
