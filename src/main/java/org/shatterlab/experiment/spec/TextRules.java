package org.shatterlab.experiment.spec;

import org.jspecify.annotations.Nullable;

/** Rules for free text, which the service writes into database columns, file names, URL paths and SVG. */
final class TextRules {

    private TextRules() {}

    /** Returns the reason why the text is rejected, or null if the text is allowed. */
    static @Nullable String violation(String text, int maxCharacters) {
        if (text.codePointCount(0, text.length()) > maxCharacters || isBlank(text)) {
            return "must have 1 to " + maxCharacters + " characters and not be blank";
        }
        return text.codePoints().anyMatch(TextRules::isForbidden)
                ? "must not contain control characters, lone surrogates or noncharacters"
                : null;
    }

    private static boolean isBlank(String text) {
        return text.codePoints().allMatch(point -> Character.isWhitespace(point) || Character.isSpaceChar(point));
    }

    private static boolean isForbidden(int point) {
        return Character.isISOControl(point)
                || Character.getType(point) == Character.SURROGATE
                || (point & 0xFFFE) == 0xFFFE
                || (point >= 0xFDD0 && point <= 0xFDEF);
    }
}
