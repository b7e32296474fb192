package org.shatterlab.experiment;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Violation;
import tools.jackson.databind.JsonNode;

/** Gathers all that is wrong with a request, so that one answer tells it. */
final class Violations {

    /** A body of a megabyte can be wrong in a hundred thousand places; nobody reads the rest. */
    static final int MOST = 1000;

    private final List<Violation> found = new ArrayList<>();
    private int count;

    void add(String pointer, @Nullable JsonNode value, String message) {
        count++;
        if (count <= MOST) {
            found.add(new Violation(pointer, Echo.of(value), message));
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
        if (count > MOST) {
            all.add(new Violation("", null, "and " + (count - MOST) + " more violations"));
        }
        return all;
    }
}
