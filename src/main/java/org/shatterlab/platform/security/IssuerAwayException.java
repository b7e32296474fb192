package org.shatterlab.platform.security;

import org.springframework.security.core.AuthenticationException;

/** The issuer of tokens cannot be asked for its keys, so that nobody can tell whether a token is one of its own. */
final class IssuerAwayException extends AuthenticationException {

    IssuerAwayException(String message) {
        super(message);
    }

    IssuerAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
