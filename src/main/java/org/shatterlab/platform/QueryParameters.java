package org.shatterlab.platform;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of the query parameters of a request. It rejects unknown parameters and reports all violations at
 * once. The pointer of a parameter is {@code ?name}.
 *
 * <p>Read every parameter of the resource, then call {@link #requireValid}. Not thread-safe.
 */
public final class QueryParameters {

    /** An address of 8 KiB can be wrong in thousands of places. Further violations are only counted. */
    static final int MAX_LISTED = 20;

    private static final int MAX_VALUE_LENGTH = 200;
    private static final int MAX_MESSAGE_LENGTH = 1000;

    private final Map<String, String[]> given;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<Violation> violations = new ArrayList<>();
    private int count;

    /**
     * Creates a reader that has read no parameter yet.
     *
     * @param given the decoded values by name, as the servlet request returns them
     */
    public QueryParameters(Map<String, String[]> given) {
        this.given = given;
    }

    /**
     * Rejects all parameters, for a resource without parameters.
     *
     * @throws InvalidRequestException if the request has a parameter
     */
    public static void requireNone(Map<String, String[]> given) {
        new QueryParameters(given).requireValid();
    }

    /**
     * Adds a violation. Long texts are shortened.
     *
     * @param value the rejected value; null if the parameter is not given, or if its value must not be repeated
     * @param message the allowed values, for example {@code must be true or false}
     */
    public void reject(String name, @Nullable String value, String message) {
        count++;
        if (count <= MAX_LISTED) {
            violations.add(new Violation(
                    shortened("?" + name, MAX_VALUE_LENGTH),
                    value == null ? null : shortened(value, MAX_VALUE_LENGTH),
                    shortened(message, MAX_MESSAGE_LENGTH)));
        }
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }

    /** Returns all values of a parameter that may be repeated. Adds a violation for each value that is not allowed. */
    public Set<String> multiChoice(String name, Collection<String> allowed) {
        Set<String> values = new LinkedHashSet<>(List.of(values(name)));
        values.stream()
                .filter(value -> !allowed.contains(value))
                .forEach(value -> reject(name, value, "must be one of: " + String.join(", ", allowed)));
        return values;
    }

    /**
     * Returns the distinct values of a parameter that must be given at least once.
     *
     * @param most how many times the parameter may be given
     * @return the values in the order of the request; empty if the parameter is rejected
     */
    public Set<String> requiredList(String name, int most) {
        String[] values = values(name);
        if (values.length == 0 || values.length > most) {
            reject(
                    name,
                    values.length == 0 ? null : values.length + " values",
                    "must be given 1 to " + most + " times");
            return Set.of();
        }
        return new LinkedHashSet<>(List.of(values));
    }

    /** Returns the value of a boolean parameter. Returns false if the parameter is not given or rejected. */
    public boolean flag(String name) {
        Boolean value = optional(name, "must be true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        });
        return value != null && value;
    }

    /** Returns the value of an integer parameter, or the fallback if the parameter is not given or rejected. */
    public int integer(String name, int least, int most, int fallback) {
        Integer value = optional(name, "must be an integer from " + least + " to " + most, text -> {
            int number = Integer.parseInt(text);
            return number < least || number > most ? null : number;
        });
        return value == null ? fallback : value;
    }

    /**
     * Returns the value of a parameter that may be given once.
     *
     * @param allowed the message of the violation
     * @param parser rejects a value if it returns null or throws an {@link IllegalArgumentException}
     * @return null if the parameter is not given or rejected
     */
    public <T> @Nullable T optional(String name, String allowed, Function<String, @Nullable T> parser) {
        String[] values = values(name);
        if (values.length == 0) {
            return null;
        }
        if (values.length > 1) {
            reject(name, String.join(", ", values), "must be given once");
            return null;
        }
        T value = attempt(parser, values[0]);
        if (value == null) {
            reject(name, values[0], allowed);
        }
        return value;
    }

    /**
     * Returns the value of a parameter that must be given once.
     *
     * @param allowed the message of the violation, also if the parameter is not given
     * @param parser rejects a value if it returns null or throws an {@link IllegalArgumentException}
     * @return null if the parameter is rejected
     */
    public <T> @Nullable T required(String name, String allowed, Function<String, @Nullable T> parser) {
        if (values(name).length == 0) {
            reject(name, null, allowed);
        }
        return optional(name, allowed, parser);
    }

    private static <T> @Nullable T attempt(Function<String, @Nullable T> parser, String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private String[] values(String name) {
        known.add(name);
        return given.getOrDefault(name, new String[0]);
    }

    /**
     * Rejects the request if it has a violation or an unknown parameter.
     *
     * @throws InvalidRequestException with all violations
     */
    public void requireValid() {
        given.keySet().forEach(name -> {
            if (!known.contains(name)) {
                // The value is not repeated in the answer, because it may be a token that belongs in a header.
                reject(
                        name,
                        null,
                        known.isEmpty()
                                ? "is not known; this resource has no query parameters"
                                : "is not known; known parameters: " + String.join(", ", known));
            }
        });
        if (count > MAX_LISTED) {
            violations.add(new Violation("", null, "and " + (count - MAX_LISTED) + " more violations"));
        }
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
    }
}
