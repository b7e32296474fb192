package org.shatterlab.experiment.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads depths, which are either a list or a range that includes both ends. */
final class DepthsReader {

    private static final List<String> RANGE = List.of("from", "to", "step");

    private final Limits limits;
    private final Violations violations;

    DepthsReader(Limits limits, Violations violations) {
        this.limits = limits;
        this.violations = violations;
    }

    /**
     * Returns the valid depths, ascending and distinct; empty if the value is no list or range or has too many depths.
     */
    List<Integer> read(JsonNode value, String pointer) {
        return switch (value) {
            case ArrayNode list when !list.isEmpty() -> list(list, pointer);
            case ObjectNode range -> range(new JsonObjectReader(range, pointer, violations));
            default -> {
                violations.add(
                        pointer,
                        value,
                        String.format(
                                Locale.ROOT,
                                "must be a nonempty array of distinct integers from 1 to %d, or {\"from\", \"to\", \"step\"}",
                                limits.depth()));
                yield List.of();
            }
        };
    }

    private List<Integer> list(ArrayNode list, String pointer) {
        Map<Integer, String> seen = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            String at = pointer + "/" + i;
            Long depth = JsonNumbers.integer(list.get(i));
            if (depth == null || depth < 1 || depth > limits.depth()) {
                violations.add(at, list.get(i), JsonObjectReader.integerBetween(1, limits.depth(), "depth"));
                continue;
            }
            String first = seen.putIfAbsent(depth.intValue(), at);
            if (first != null) {
                violations.add(at, list.get(i), "must be distinct; the same depth is at " + first);
            }
        }
        if (tooMany(seen.size(), list, pointer)) {
            return List.of();
        }
        return seen.keySet().stream().sorted().toList();
    }

    private List<Integer> range(JsonObjectReader range) {
        range.onlyKnown(RANGE);
        int before = violations.count();
        for (String name : List.of("from", "to")) {
            if (!range.has(name)) {
                range.reject(name, "is required: an integer from 1 to " + limits.depth());
            }
        }
        int from = range.integer("from", 1, limits.depth(), 1, "depth");
        int to = range.integer("to", 1, limits.depth(), 1, "depth");
        int step = range.integer("step", 1, limits.depth(), 1, "depth");
        if (violations.count() > before) {
            return List.of();
        }
        if (from > to) {
            range.reject("from", "must not be greater than \"to\", which is " + to);
            return List.of();
        }
        int count = (to - from) / step + 1;
        return tooMany(count, range.node(), range.pointer())
                ? List.of()
                : IntStream.range(0, count).mapToObj(i -> from + i * step).toList();
    }

    private boolean tooMany(int count, JsonNode value, String pointer) {
        if (count <= limits.depths()) {
            return false;
        }
        violations.add(
                pointer,
                value,
                String.format(
                        Locale.ROOT,
                        "has %d distinct depths; %d is the limit on distinct depths",
                        count,
                        limits.depths()));
        return true;
    }
}
