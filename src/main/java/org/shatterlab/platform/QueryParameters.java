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
 * Reads the query parameters of a request strictly: unknown ones are refused, and all violations are told at once. The
 * pointer of a parameter is {@code ?name}.
 *
 * <p>Read every parameter that there may be, then call {@link #requireValid}.
 */
public final class QueryParameters {

    private final Map<String, String[]> given;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<Violation> violations = new ArrayList<>();

    /**
     * Starts with nothing read.
     *
     * @param given the decoded values by name, as the servlet request has them
     */
    public QueryParameters(Map<String, String[]> given) {
        this.given = given;
    }

    /**
     * Refuses all, where there are no parameters.
     *
     * @throws InvalidRequestException where any is given
     */
    public static void requireNone(Map<String, String[]> given) {
        new QueryParameters(given).requireValid();
    }

    public void refuse(String name, @Nullable String value, String message) {
        violations.add(new Violation("?" + name, value, message));
    }

    /** All values of a parameter that may be repeated; each must be one of those allowed. */
    public Set<String> multiChoice(String name, Collection<String> allowed) {
        Set<String> values = new LinkedHashSet<>(List.of(values(name)));
        values.stream()
                .filter(value -> !allowed.contains(value))
                .forEach(value -> refuse(name, value, "must be one of: " + String.join(", ", allowed)));
        return values;
    }

    /** All values of a parameter that must be given, at most so often; a value that is repeated counts once. */
    public Set<String> requiredList(String name, int most) {
        String[] values = values(name);
        if (values.length == 0 || values.length > most) {
            refuse(
                    name,
                    values.length == 0 ? null : values.length + " values",
                    "must be given 1 to " + most + " times");
            return Set.of();
        }
        return new LinkedHashSet<>(List.of(values));
    }

    /** Whether a parameter is true; false where it is not given. */
    public boolean flag(String name) {
        Boolean value = parsed(name, "must be true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        });
        return value != null && value;
    }

    /** The value of a parameter, or the fallback where it is not given. */
    public int integer(String name, int least, int most, int fallback) {
        Integer value = parsed(name, "must be an integer from " + least + " to " + most, text -> {
            int number = Integer.parseInt(text);
            return number < least || number > most ? null : number;
        });
        return value == null ? fallback : value;
    }

    /**
     * The value of a parameter that is given at most once.
     *
     * @param allowed what is said where the parser returns null or throws an {@link IllegalArgumentException}
     * @return null where it is not given or refused
     */
    public <T> @Nullable T parsed(String name, String allowed, Function<String, @Nullable T> parser) {
        String[] values = values(name);
        if (values.length == 0) {
            return null;
        }
        if (values.length > 1) {
            refuse(name, String.join(", ", values), "must be given once");
            return null;
        }
        T value = attempt(parser, values[0]);
        if (value == null) {
            refuse(name, values[0], allowed);
        }
        return value;
    }

    /**
     * The value of a parameter that must be given, once.
     *
     * @param allowed what is said where it is not given, or as in {@link #parsed}
     * @return null where it is refused
     */
    public <T> @Nullable T required(String name, String allowed, Function<String, @Nullable T> parser) {
        if (values(name).length == 0) {
            refuse(name, null, allowed);
        }
        return parsed(name, allowed, parser);
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
     * Ends the reading.
     *
     * @throws InvalidRequestException where anything was refused or is unknown
     */
    public void requireValid() {
        given.keySet().forEach(name -> {
            if (!known.contains(name)) {
                // What it says is nobody's business: it may be a token that belongs in a header.
                refuse(
                        name,
                        null,
                        known.isEmpty()
                                ? "there are no parameters here"
                                : "unknown parameter; known: " + String.join(", ", known));
            }
        });
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
    }
}
