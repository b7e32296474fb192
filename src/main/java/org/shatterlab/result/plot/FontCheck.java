package org.shatterlab.result.plot;

import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whether the machine has a font. Without any font, the JDK fails with an internal error that does not name the
 * cause, and fails with other errors from then on. The result of the first check therefore stays. Thread-safe.
 */
final class FontCheck {

    /** The check of this machine. */
    static final FontCheck MACHINE = new FontCheck(() -> TextPlacement.width("x", TextPlacement.LABEL));

    private static final Logger log = LoggerFactory.getLogger(FontCheck.class);

    private final DoubleSupplier textWidth;
    private Result result = Result.UNKNOWN;

    /**
     * Creates a check.
     *
     * @param textWidth measures a text in a font of the machine
     */
    FontCheck(DoubleSupplier textWidth) {
        this.textWidth = textWidth;
    }

    private enum Result {
        UNKNOWN,
        FONT,
        NO_FONT
    }

    /**
     * Requires a font. The first failure is logged with its cause.
     *
     * @throws MissingFontException if the machine has no font
     */
    synchronized void require() {
        if (result == Result.UNKNOWN) {
            result = check();
        }
        if (result == Result.NO_FONT) {
            throw new MissingFontException();
        }
    }

    private Result check() {
        try {
            return textWidth.getAsDouble() > 0 ? Result.FONT : noFont("A text has no width.");
        } catch (RuntimeException | InternalError | LinkageError e) {
            return noFont(e.toString());
        }
    }

    private static Result noFont(String cause) {
        log.error("{} Cause: {}", new MissingFontException().getMessage(), cause);
        return Result.NO_FONT;
    }
}
