package org.shatterlab.result.plot;

/** Thrown when a picture cannot be drawn because the machine has no font. The message tells how to install one. */
public final class MissingFontException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MissingFontException() {
        super(
                "The machine of the service has no font, so the service cannot draw pictures. Install a font, on Debian the"
                        + " packages fontconfig and fonts-dejavu-core, and restart the service. JSON, CSV and NumPy files need"
                        + " no font.");
    }
}
