package org.shatterlab.platform.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The service does not start, because settings are unknown or have no unit. The message lists all mistakes. */
final class InvalidSettingsException extends RuntimeException {

    InvalidSettingsException(List<String> mistakes) {
        super(mistakes.stream().collect(Collectors.joining("\n    ", "These settings are not allowed:\n    ", "")));
    }
}
