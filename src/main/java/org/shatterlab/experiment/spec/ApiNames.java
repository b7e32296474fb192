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

/** Looks up the names of the API and suggests a known name for a misspelt one. */
public final class ApiNames {

    private static final int MAX_DISTANCE = 3;
    private static final LevenshteinDistance DISTANCE = new LevenshteinDistance(MAX_DISTANCE);

    private ApiNames() {}

    /** Returns a map from the name of each value to the value, in the order of the array. */
    public static <T> Map<String, T> byName(T[] values, Function<T, String> name) {
        Map<String, T> named = new LinkedHashMap<>();
        Arrays.stream(values).forEach(value -> named.put(name.apply(value), value));
        return named;
    }

    /** Returns the names in double quotes, separated by commas. */
    static String quoted(Collection<String> names) {
        return names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
    }

    /** Returns a question that suggests the nearest known name, or a list of all known names if no name is near. */
    static String suggestion(String given, Collection<String> known) {
        String nearest = nearest(given, known);
        return nearest == null ? "known names: " + quoted(known) : "did you mean \"" + nearest + "\"?";
    }

    /**
     * Returns the known name with the smallest Levenshtein distance to the given name, ignoring case. Returns null if
     * that distance exceeds {@value #MAX_DISTANCE} or half of the length of either name.
     */
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
