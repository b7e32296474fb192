package org.shatterlab.platform;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a request.
 *
 * @param pointer where: an RFC 6901 pointer into the body, empty for the whole of it
 * @param value what was given there, ready to be written as JSON and shortened where it is long; null where nothing was
 * @param message what is allowed
 */
public record Violation(String pointer, @Nullable Object value, String message) {}
