package org.shatterlab.experiment.spec;

import java.util.Collection;
import java.util.Map;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON object that is being read. A field that is not there, or is refused, reads as its fallback: what was refused is
 * noted, so that reading goes on to find the rest.
 */
public final class JsonObjectReader {

    private final ObjectNode node;
    private final String pointer;
    private final Violations violations;

    JsonObjectReader(ObjectNode node, String pointer, Violations violations) {
        this.node = node;
        this.pointer = pointer;
        this.violations = violations;
    }

    /** The fields of a value that must be an object, or null if it is not. */
    static @Nullable JsonObjectReader of(JsonNode value, String pointer, Violations violations, String what) {
        if (value instanceof ObjectNode object) {
            return new JsonObjectReader(object, pointer, violations);
        }
        violations.add(pointer, value, "must be an object: " + what);
        return null;
    }

    Violations violations() {
        return violations;
    }

    String pointer() {
        return pointer;
    }

    ObjectNode node() {
        return node;
    }

    boolean has(String name) {
        return node.has(name);
    }

    @Nullable
    JsonNode get(String name) {
        return node.get(name);
    }

    /** The RFC 6901 pointer to a field. */
    public String at(String name) {
        return pointer + "/" + RejectedValue.clean(name).replace("~", "~0").replace("/", "~1");
    }

    void refuse(String name, String message) {
        violations.add(at(name), get(name), message);
    }

    void onlyKnown(Collection<String> known) {
        onlyKnown(known, known, "", Map.of());
    }

    /**
     * Refuses every other field.
     *
     * @param known the fields of this object
     * @param elsewhere the fields that such objects may have if they are of another kind
     * @param kind the kind of this object
     * @param derived what is no field because it follows from others, and how
     */
    void onlyKnown(Collection<String> known, Collection<String> elsewhere, String kind, Map<String, String> derived) {
        for (String name : node.propertyNames()) {
            if (known.contains(name)) {
                continue;
            }
            String how = derived.get(name);
            if (how != null) {
                refuse(name, how);
            } else if (elsewhere.contains(name)) {
                refuse(name, "does not apply to " + kind + ", whose fields are " + ApiNames.quoted(known));
            } else {
                refuse(name, "unknown field; " + ApiNames.hint(name, known));
            }
        }
    }

    /** An integer between two bounds; the upper one may be a limit of the service, which is then named. */
    long integer(String name, long least, long most, long fallback, String limit) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        Long number = JsonNumbers.integer(value);
        if (number == null || number < least || number > most) {
            refuse(name, integerBetween(least, most, limit));
            return fallback;
        }
        return number;
    }

    int integer(String name, int least, int most, int fallback, String limit) {
        return (int) integer(name, (long) least, most, fallback, limit);
    }

    static String integerBetween(long least, long most, String limit) {
        String range = "must be an integer from %d to %d".formatted(least, most);
        return limit.isEmpty() ? range : range + "; %d is the limit on %s".formatted(most, limit);
    }

    /** A finite number for which a condition holds, which is described to the user. */
    double number(String name, double fallback, DoublePredicate allowed, String what) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        Double number = JsonNumbers.finite(value);
        if (number != null && allowed.test(number)) {
            return number;
        }
        boolean infinite = value.isNumber() && number == null;
        refuse(name, (infinite ? "not a finite number in the range of a double; " : "") + "must be " + what);
        return fallback;
    }

    boolean bool(String name, boolean fallback) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            refuse(name, "must be true or false");
            return fallback;
        }
        return value.booleanValue();
    }

    /** One of some names. */
    <T> T choice(String name, Map<String, T> choices, T fallback) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        T chosen = chosen(value, choices);
        if (chosen == null) {
            refuse(name, oneOf(value, choices.keySet()));
        }
        return chosen == null ? fallback : chosen;
    }

    /** One of some names, which must be given; null if it is not. */
    <T> @Nullable T requiredChoice(String name, Map<String, T> choices) {
        JsonNode value = get(name);
        T chosen = value == null ? null : chosen(value, choices);
        if (chosen == null) {
            refuse(
                    name,
                    value == null
                            ? "is required: " + ApiNames.quoted(choices.keySet())
                            : oneOf(value, choices.keySet()));
        }
        return chosen;
    }

    static <T> @Nullable T chosen(JsonNode value, Map<String, T> choices) {
        return value.isString() ? choices.get(value.stringValue()) : null;
    }

    static String oneOf(JsonNode value, Collection<String> names) {
        if (names.size() == 1) {
            return "must be " + ApiNames.quoted(names);
        }
        String nearest = value.isString() ? ApiNames.nearest(value.stringValue(), names) : null;
        String allowed = "must be one of " + ApiNames.quoted(names);
        return nearest == null ? allowed : allowed + "; did you mean \"" + nearest + "\"?";
    }
}
