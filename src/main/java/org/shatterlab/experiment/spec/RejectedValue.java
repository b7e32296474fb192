package org.shatterlab.experiment.spec;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Converts a rejected value to a form that every JSON writer can write and every client can read in an error response.
 */
final class RejectedValue {

    private static final int MAX_LENGTH = 200;
    private static final int MAX_NUMBER_LENGTH = 40;
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

    private RejectedValue() {}

    /**
     * Returns the value itself, or the beginning of its JSON text. The text replaces a value that is long, that cannot
     * be written as UTF-8, or that is a number outside the range of a double. Returns null for JSON null and for null.
     */
    static @Nullable Object of(@Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (value.isString()) {
            return text(value.stringValue());
        }
        String json = value.toString();
        boolean writable = value.isNumber()
                ? json.length() <= MAX_NUMBER_LENGTH && JsonNumbers.finite(value) != null
                : json.length() <= MAX_LENGTH && json.equals(clean(json));
        return writable ? value : text(json);
    }

    /** Returns the text, cut at the maximum length and without lone surrogates. */
    static String text(String text) {
        return clean(text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…");
    }

    /** Returns the text with a replacement character in place of each lone surrogate. */
    static String clean(String text) {
        return LONE_SURROGATE.matcher(text).replaceAll("\uFFFD");
    }
}
