package org.shatterlab.experiment.spec;

import org.jspecify.annotations.Nullable;

/** What free text may be: it ends up in database columns, file names, URL paths and SVG. */
final class TextRules {

    private TextRules() {}

    /** Why text is refused, or null if it is not. */
    static @Nullable String problem(String text, int mostCharacters) {
        if (text.codePointCount(0, text.length()) > mostCharacters || isBlank(text)) {
            return "must have 1 to " + mostCharacters + " characters and not be blank";
        }
        return text.codePoints().anyMatch(TextRules::isNoCharacter)
                ? "must not contain control characters, lone surrogates or noncharacters"
                : null;
    }

    private static boolean isBlank(String text) {
        return text.codePoints().allMatch(point -> Character.isWhitespace(point) || Character.isSpaceChar(point));
    }

    private static boolean isNoCharacter(int point) {
        return Character.isISOControl(point)
                || Character.getType(point) == Character.SURROGATE
                || (point & 0xFFFE) == 0xFFFE
                || (point >= 0xFDD0 && point <= 0xFDEF);
    }
}
