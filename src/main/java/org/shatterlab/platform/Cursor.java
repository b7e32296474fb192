package org.shatterlab.platform;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Where a page ends, as opaque text: the values of its last row by which rows are ordered. None of them has a space. */
public final class Cursor {

    private Cursor() {}

    public static String of(String... values) {
        byte[] text = String.join(" ", values).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
    }

    /**
     * Reads what {@link #of} wrote; anyone may have written it.
     *
     * @throws IllegalArgumentException where it is no cursor at all
     */
    public static List<String> read(String cursor) {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        return List.of(text.split(" ", -1));
    }
}
