package org.shatterlab.experiment.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Violation;
import tools.jackson.databind.JsonNode;

/** A collector of the violations of a request, so that one response lists all of them. */
final class Violations {

    /** A body of 1 MiB can be wrong in 100,000 places. Further violations are only counted. */
    static final int MAX_LISTED = 1000;

    private final UnaryOperator<Violation> annotate;
    private final List<Violation> found = new ArrayList<>();
    private int count;

    Violations() {
        this(UnaryOperator.identity());
    }

    /**
     * Creates a collector.
     *
     * @param annotate completes each violation before the violation is listed
     */
    Violations(UnaryOperator<Violation> annotate) {
        this.annotate = annotate;
    }

    void add(String pointer, @Nullable JsonNode value, String message) {
        count++;
        if (count <= MAX_LISTED) {
            found.add(annotate.apply(new Violation(pointer, RejectedValue.of(value), message)));
        }
    }

    /** Returns whether further violations are only counted, so that their messages are not needed. */
    boolean isFull() {
        return count >= MAX_LISTED;
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    List<Violation> list() {
        List<Violation> all = new ArrayList<>(found);
        if (count > MAX_LISTED) {
            all.add(new Violation("", null, "and " + (count - MAX_LISTED) + " more violations"));
        }
        return all;
    }

    /**
     * Requires that no violation was recorded.
     *
     * @throws InvalidRequestException with all violations, if any was recorded
     */
    void requireNone() {
        if (!isEmpty()) {
            throw new InvalidRequestException(list());
        }
    }
}
