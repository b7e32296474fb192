package org.shatterlab.lab.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What a number depends on beside its specification. Both are part of every cell's fingerprint. */
public final class LabRevision {

    /** Raised whenever any number of the lab would change, so that no stored number is taken for a new one. */
    public static final String CURRENT = "3";

    /** The engine that computes, as {@code name-version}; known without loading it. */
    public static final String ENGINE = engine();

    private LabRevision() {}

    private static String engine() {
        try (InputStream in = LabRevision.class.getResourceAsStream("/org/shatterlab/lab/lab.properties")) {
            if (in == null) {
                throw new IllegalStateException("lab.properties is missing from the class path");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("engine");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
