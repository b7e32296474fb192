package org.shatterlab.platform;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Finds the known name that a misspelt name most likely means. */
public final class NearestName {

    private static final int MAX_DISTANCE = 3;
    private static final LevenshteinDistance DISTANCE = new LevenshteinDistance(MAX_DISTANCE);

    private NearestName() {}

    /**
     * Returns the known name with the smallest Levenshtein distance to the given name, ignoring case. Returns null if
     * that distance exceeds {@value #MAX_DISTANCE} or half of the length of either name.
     */
    public static @Nullable String of(String given, Collection<String> known) {
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
