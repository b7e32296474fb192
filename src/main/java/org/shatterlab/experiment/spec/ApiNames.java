package org.shatterlab.experiment.spec;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** The names that the API knows, and which of them someone may have meant. */
public final class ApiNames {

    private static final int MAX_DISTANCE = 3;
    private static final LevenshteinDistance DISTANCE = new LevenshteinDistance(MAX_DISTANCE);

    private ApiNames() {}

    /** The values by their names, in their order. */
    public static <T> Map<String, T> byName(T[] values, Function<T, String> name) {
        Map<String, T> named = new LinkedHashMap<>();
        Arrays.stream(values).forEach(value -> named.put(name.apply(value), value));
        return named;
    }

    static String quoted(Collection<String> names) {
        return names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
    }

    /** A question that names the nearest name, or a list of all where none is near. */
    static String hint(String given, Collection<String> known) {
        String nearest = nearest(given, known);
        return nearest == null ? "known names: " + quoted(known) : "did you mean \"" + nearest + "\"?";
    }

    /** The known name at the smallest Levenshtein distance, or null if even that differs in more than half of its letters. */
    static @Nullable String nearest(String given, Collection<String> known) {
        String nearest = null;
        int smallest = MAX_DISTANCE + 1;
        for (String name : known) {
            int distance = DISTANCE.apply(given.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            if (distance >= 0 && distance < smallest && 2 * distance <= Math.min(given.length(), name.length())) {
                smallest = distance;
                nearest = name;
            }
        }
        return nearest;
    }
}
