package org.shatterlab.experiment.spec;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Repeats to a client what it sent, so that any JSON writer and any client can take it. */
final class RejectedValue {

    private static final int MAX_LENGTH = 200;
    private static final int MAX_NUMBER_LENGTH = 40;
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

    private RejectedValue() {}

    /** The value itself, or the beginning of its text where it is long or cannot be written as UTF-8 or read back as a double. */
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

    static String text(String text) {
        return clean(text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…");
    }

    /** The text with a replacement character for each half of a surrogate pair that stands alone. */
    static String clean(String text) {
        return LONE_SURROGATE.matcher(text).replaceAll("\uFFFD");
    }
}
