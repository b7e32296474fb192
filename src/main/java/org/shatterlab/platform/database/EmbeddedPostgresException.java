package org.shatterlab.platform.database;

import org.jspecify.annotations.Nullable;

/** Why the embedded server cannot run, in words for the person who starts the service, and what that person can do. */
final class EmbeddedPostgresException extends RuntimeException {

    private final String action;

    EmbeddedPostgresException(String description, String action, @Nullable Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
