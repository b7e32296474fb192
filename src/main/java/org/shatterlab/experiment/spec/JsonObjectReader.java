package org.shatterlab.experiment.spec;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.NearestName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of one JSON object. A missing field returns the fallback. An invalid field records a violation and
 * returns the fallback, so that the reading continues and finds the other violations.
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

    /** Returns a reader of a value; null, with a violation, if the value is not an object. */
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

    /** Returns the RFC 6901 pointer to a field. */
    public String at(String name) {
        return pointer + "/" + RejectedValue.clean(name).replace("~", "~0").replace("/", "~1");
    }

    void reject(String name, String message) {
        violations.add(at(name), get(name), message);
    }

    void onlyKnown(Collection<String> known) {
        onlyKnown(known, known, "", Map.of());
    }

    /**
     * Records a violation for every field that is not known.
     *
     * @param known the fields that this object may have
     * @param elsewhere the fields that objects of other kinds may have
     * @param kind the kind of this object, for messages
     * @param derived messages for names that are no fields because their values follow from other fields
     */
    void onlyKnown(Collection<String> known, Collection<String> elsewhere, String kind, Map<String, String> derived) {
        for (String name : node.propertyNames()) {
            if (known.contains(name)) {
                continue;
            }
            String how = derived.get(name);
            if (how != null) {
                reject(name, how);
            } else if (elsewhere.contains(name)) {
                reject(name, "does not apply to " + kind + ", whose fields are " + ApiNames.quoted(known));
            } else {
                reject(name, violations.isFull() ? "" : "unknown field; " + ApiNames.suggestion(name, known));
            }
        }
    }

    /**
     * Returns an integer between two bounds, both included.
     *
     * @param limit the limit of the service that the upper bound is, for the message; empty if the bound is no limit
     */
    long integer(String name, long least, long most, long fallback, String limit) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        Long number = JsonNumbers.integer(value);
        if (number == null || number < least || number > most) {
            reject(name, integerBetween(least, most, limit));
            return fallback;
        }
        return number;
    }

    int integer(String name, int least, int most, int fallback, String limit) {
        return (int) integer(name, (long) least, most, fallback, limit);
    }

    static String integerBetween(long least, long most, String limit) {
        String range = String.format(Locale.ROOT, "must be an integer from %d to %d", least, most);
        return limit.isEmpty() ? range : range + String.format(Locale.ROOT, "; %d is the limit on %s", most, limit);
    }

    /**
     * Returns a finite number that meets a condition.
     *
     * @param what the description of the allowed numbers, for the message
     */
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
        reject(name, (infinite ? "not a finite number in the range of a double; " : "") + "must be " + what);
        return fallback;
    }

    boolean bool(String name, boolean fallback) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            reject(name, "must be true or false");
            return fallback;
        }
        return value.booleanValue();
    }

    /** Returns the value of one of the allowed names. */
    <T> T choice(String name, Map<String, T> choices, T fallback) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        T chosen = chosen(value, choices);
        if (chosen == null) {
            reject(name, oneOf(value, choices.keySet()));
        }
        return chosen == null ? fallback : chosen;
    }

    /** Returns the value of one of the allowed names; null, with a violation, if the field is missing or invalid. */
    <T> @Nullable T requiredChoice(String name, Map<String, T> choices) {
        JsonNode value = get(name);
        T chosen = value == null ? null : chosen(value, choices);
        if (chosen == null) {
            reject(
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
        String nearest = value.isString() ? NearestName.of(value.stringValue(), names) : null;
        String allowed = "must be one of " + ApiNames.quoted(names);
        return nearest == null ? allowed : allowed + "; did you mean \"" + nearest + "\"?";
    }
}
