package org.shatterlab.platform;

import org.jspecify.annotations.Nullable;

/**
 * One value of a request that is not allowed.
 *
 * @param pointer an RFC 6901 pointer into the body, empty for the whole body, or {@code ?name} for a query parameter
 * @param value the given value, ready to be written as JSON; a long value is shortened; null if no value was given
 * @param message the allowed values, for example {@code must be true or false}
 */
public record Violation(String pointer, @Nullable Object value, String message) {}
