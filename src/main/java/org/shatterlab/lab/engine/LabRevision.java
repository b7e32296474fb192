package org.shatterlab.lab.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The versions of lab and engine that the numbers of a cell depend on, besides its specification. Both are part of
 * every cell's fingerprint.
 */
public final class LabRevision {

    /**
     * The revision of the lab. The revision must rise whenever any number of the lab changes, so that a stored number
     * is never mistaken for a new one.
     */
    public static final String CURRENT = "3";

    /**
     * The computing engine as {@code name-version}. The value comes from a resource, so the engine need not be loaded.
     */
    public static final String ENGINE = engine();

    private LabRevision() {}

    private static String engine() {
        try (InputStream in = LabRevision.class.getResourceAsStream("/org/shatterlab/lab/lab.properties")) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource lab.properties is missing from the class path. Build the application again.");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("engine");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
