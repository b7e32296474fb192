package org.shatterlab.experiment;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Repeats to a client what it sent, so that any JSON writer and any client can take it. */
final class Echo {

    private static final int LONGEST = 200;
    private static final int LONGEST_NUMBER = 40;
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

    private Echo() {}

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
                ? json.length() <= LONGEST_NUMBER && Numbers.finite(value) != null
                : json.length() <= LONGEST && json.equals(clean(json));
        return writable ? value : text(json);
    }

    static String text(String text) {
        return clean(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
    }

    /** The text with a replacement character for each half of a surrogate pair that stands alone. */
    static String clean(String text) {
        return LONE_SURROGATE.matcher(text).replaceAll("\uFFFD");
    }
}
