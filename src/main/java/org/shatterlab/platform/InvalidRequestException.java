package org.shatterlab.platform;

import java.util.List;
import java.util.stream.Collectors;

/** A readable request has values that are not allowed. The service answers 422 with all violations at once. */
public class InvalidRequestException extends RuntimeException {

    private final List<Violation> violations;

    public InvalidRequestException(List<Violation> violations) {
        super(violations.stream()
                .limit(3)
                .map(violation -> "\"" + violation.pointer() + "\": " + violation.message())
                .collect(Collectors.joining("; ", violations.size() + " violations: ", "")));
        this.violations = List.copyOf(violations);
    }

    public List<Violation> violations() {
        return violations;
    }
}
