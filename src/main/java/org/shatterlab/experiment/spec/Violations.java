package org.shatterlab.experiment.spec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Violation;
import tools.jackson.databind.JsonNode;

/** Gathers all that is wrong with a request, so that one answer tells it. */
public final class Violations {

    /** A body of a megabyte can be wrong in a hundred thousand places; nobody reads the rest. */
    static final int MAX_LISTED = 1000;

    private final List<Violation> found = new ArrayList<>();
    private int count;

    public void add(String pointer, @Nullable JsonNode value, String message) {
        count++;
        if (count <= MAX_LISTED) {
            found.add(new Violation(pointer, RejectedValue.of(value), message));
        }
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
}
