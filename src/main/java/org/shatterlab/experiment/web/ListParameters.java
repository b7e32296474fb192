package org.shatterlab.experiment.web;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentList.Filter;
import org.shatterlab.experiment.ExperimentList.Place;
import org.shatterlab.experiment.ExperimentState;
import org.shatterlab.experiment.Presets;
import org.shatterlab.platform.Cursor;
import org.shatterlab.platform.QueryParameters;

/** Which experiments a request asks for. */
record ListParameters(Filter filter, @Nullable Place after, int limit) {

    private static final int DEFAULT_LIMIT = 50;
    private static final int LARGEST_LIMIT = 500;
    private static final int LONGEST_NAME = 200;
    private static final List<String> STATES =
            Arrays.stream(ExperimentState.values()).map(ExperimentState::name).toList();

    /** Instants that the database can compare with. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    static ListParameters of(Presets presets, Map<String, String[]> given) {
        QueryParameters parameters = new QueryParameters(given);
        Set<ExperimentState> states = parameters.anyOf("state", STATES).stream()
                .filter(STATES::contains)
                .map(ExperimentState::valueOf)
                .collect(Collectors.toSet());
        String name = parameters.parsed(
                "name",
                "must have 1 to " + LONGEST_NAME + " characters, none of them a control character",
                ListParameters::name);
        List<String> known = presets.all().stream().map(Presets.Preset::name).toList();
        String preset = parameters.parsed(
                "preset", "must be one of: " + String.join(", ", known), text -> known.contains(text) ? text : null);
        Instant createdAfter = parameters.parsed(
                "createdAfter", "must be an instant such as 2026-11-23T09:49:08.423132Z", ListParameters::instant);
        int limit = parameters.integer("limit", 1, LARGEST_LIMIT, DEFAULT_LIMIT);
        Place after = parameters.parsed("cursor", "must be the nextCursor of an earlier answer", ListParameters::place);
        parameters.requireValid();
        return new ListParameters(new Filter(states, name, preset, createdAfter), after, limit);
    }

    private static @Nullable String name(String text) {
        boolean allowed = !text.isEmpty()
                && text.codePointCount(0, text.length()) <= LONGEST_NAME
                && text.codePoints().noneMatch(Character::isISOControl);
        return allowed ? text : null;
    }

    private static @Nullable Instant instant(String text) {
        try {
            Instant instant = Instant.parse(text);
            return instant.isBefore(EARLIEST) || instant.isAfter(LATEST) ? null : instant;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static @Nullable Place place(String cursor) {
        List<String> parts = Cursor.read(cursor);
        if (parts.size() != 2) {
            return null;
        }
        Instant createdAt = instant(parts.getFirst());
        return createdAt == null ? null : new Place(createdAt, UUID.fromString(parts.getLast()));
    }

    static String cursor(Place place) {
        return Cursor.of(place.createdAt().toString(), place.id().toString());
    }
}
