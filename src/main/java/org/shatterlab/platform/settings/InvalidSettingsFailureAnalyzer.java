package org.shatterlab.platform.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports the mistakes and the remedy of a failed start instead of a stack trace. */
class InvalidSettingsFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingsException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingsException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Correct or remove each of them. \"Settings\" in the documentation lists all names and units. In an"
                        + " environment variable the name of a token has letters and digits only.",
                cause);
    }
}
