package org.shatterlab.experiment.spec;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.shatterlab.platform.NearestName;

/** Looks up the names of the API and suggests a known name for a misspelt one. */
public final class ApiNames {

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
        String nearest = NearestName.of(given, known);
        return nearest == null ? "known names: " + quoted(known) : "did you mean \"" + nearest + "\"?";
    }
}
