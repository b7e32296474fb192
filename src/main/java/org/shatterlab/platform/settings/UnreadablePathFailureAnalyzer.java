package org.shatterlab.platform.settings;

import java.nio.file.InvalidPathException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Reports a folder whose name Java cannot represent. Under {@code LC_ALL=C} Java reads names of files as ASCII.
 */
class UnreadablePathFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPathException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPathException cause) {
        return new FailureAnalysis(
                "The folder %s has a name that this process cannot use, because the names of its files are in %s: %s."
                        .formatted(cause.getInput(), System.getProperty("sun.jnu.encoding"), cause.getReason()),
                "Set LC_ALL=C.UTF-8 in the environment of the service, or set SHATTERLAB_DATA_DIR and"
                        + " SHATTERLAB_DATASETS_DIR to folders with ASCII names.",
                cause);
    }
}
