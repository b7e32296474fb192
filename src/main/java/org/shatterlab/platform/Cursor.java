package org.shatterlab.platform;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** An opaque cursor that marks the end of a page. It encodes the sort values of the last row, which have no spaces. */
public final class Cursor {

    private Cursor() {}

    /** Returns the cursor of a row with these sort values. */
    public static String of(String... values) {
        byte[] text = String.join(" ", values).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
    }

    /**
     * Reads the sort values of a cursor that {@link #of} returned. A client may send any text, so the caller must check
     * the number of values and each value.
     *
     * @throws IllegalArgumentException if the text is not valid Base64
     */
    public static List<String> read(String cursor) {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        return List.of(text.split(" ", -1));
    }
}
