package org.shatterlab.service.support;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A condition that skips a test where containers are not available, and reports the reason. */
public final class NeedsContainers implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return TestDatabase.NO_CONTAINERS_REASON == null
                ? ConditionEvaluationResult.enabled("Containers are available.")
                : ConditionEvaluationResult.disabled(
                        "The test needs PostgreSQL in a container, but " + TestDatabase.NO_CONTAINERS_REASON);
    }
}
