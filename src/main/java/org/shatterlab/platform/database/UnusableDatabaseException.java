package org.shatterlab.platform.database;

import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used, or the embedded server cannot run. The message and the action address the person who
 * starts the service: the message has the reason, and the action has the remedy.
 */
final class UnusableDatabaseException extends RuntimeException {

    private final String action;

    UnusableDatabaseException(String description, String action, @Nullable Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
