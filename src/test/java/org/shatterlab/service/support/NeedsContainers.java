package org.shatterlab.service.support;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test where there are no containers, and says what is missing. */
public final class NeedsContainers implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return TestDatabase.MISSING == null
                ? ConditionEvaluationResult.enabled("there are containers")
                : ConditionEvaluationResult.disabled("needs PostgreSQL in a container: " + TestDatabase.MISSING);
    }
}
