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
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.experiment.store.ExperimentFilter;
import org.shatterlab.experiment.store.ExperimentQueries.ListPosition;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.platform.Cursor;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Violation;

/**
 * The query parameters of the list of experiments.
 *
 * @param filter the filters that select experiments
 * @param after the position after which the page starts; null for the first page
 * @param limit the largest number of experiments on the page
 */
record ExperimentListParameters(
        ExperimentFilter filter, @Nullable ListPosition after, int limit) {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;
    private static final int MAX_TEXT_LENGTH = 200;
    private static final String TEXT_RULE =
            "must have 1 to " + MAX_TEXT_LENGTH + " characters and no control characters";
    private static final List<String> STATES =
            Arrays.stream(ExperimentState.values()).map(ExperimentState::name).toList();

    private static final List<String> LIVE_STATES = Arrays.stream(ExperimentState.values())
            .filter(ExperimentState::isLive)
            .map(ExperimentState::name)
            .toList();

    /** The earliest instant that the database can compare with. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    /** The latest instant that the database can compare with. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /**
     * Reads the parameters of a request.
     *
     * @throws InvalidRequestException with all violations, if any parameter is invalid
     */
    static ExperimentListParameters of(Presets presets, Map<String, String[]> given) {
        QueryParameters parameters = new QueryParameters(given);
        ExperimentFilter filter = filter(presets, parameters, STATES);
        int limit = parameters.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
        ListPosition after = parameters.optional(
                "cursor", "must be the nextCursor of an earlier answer", ExperimentListParameters::position);
        parameters.requireValid();
        return new ExperimentListParameters(filter, after, limit);
    }

    /**
     * Returns the filter of the experiments that a request cancels. The filter selects queued and running experiments
     * only.
     *
     * @throws InvalidRequestException if any parameter is invalid, or if the request has no filter
     */
    static ExperimentFilter filterToCancel(Presets presets, Map<String, String[]> given) {
        QueryParameters parameters = new QueryParameters(given);
        ExperimentFilter filter = filter(presets, parameters, LIVE_STATES);
        parameters.requireValid();
        if (filter.isEmpty()) {
            throw new InvalidRequestException(List.of(new Violation(
                    "?state",
                    null,
                    "is required unless another filter is given; state=QUEUED&state=RUNNING cancels every live"
                            + " experiment")));
        }
        return filter.states().isEmpty()
                ? filter.withStates(Set.of(ExperimentState.QUEUED, ExperimentState.RUNNING))
                : filter;
    }

    private static ExperimentFilter filter(Presets presets, QueryParameters parameters, List<String> allowed) {
        Set<ExperimentState> states = parameters.multiChoice("state", allowed).stream()
                .filter(allowed::contains)
                .map(ExperimentState::valueOf)
                .collect(Collectors.toSet());
        String name = parameters.optional("name", TEXT_RULE, ExperimentListParameters::validText);
        List<String> known = presets.all().stream().map(Presets.Preset::name).toList();
        String preset = parameters.optional(
                "preset", "must be one of: " + String.join(", ", known), text -> known.contains(text) ? text : null);
        String owner = parameters.optional("owner", TEXT_RULE, ExperimentListParameters::validText);
        Instant createdAfter = parameters.optional(
                "createdAfter",
                "must be an instant such as 2026-11-23T09:49:08.423132Z",
                ExperimentListParameters::validInstant);
        return new ExperimentFilter(states, name, preset, owner, createdAfter);
    }

    private static @Nullable String validText(String text) {
        boolean allowed = !text.isEmpty()
                && text.codePointCount(0, text.length()) <= MAX_TEXT_LENGTH
                && text.codePoints().noneMatch(Character::isISOControl);
        return allowed ? text : null;
    }

    private static @Nullable Instant validInstant(String text) {
        try {
            Instant instant = Instant.parse(text);
            return instant.isBefore(EARLIEST) || instant.isAfter(LATEST) ? null : instant;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static @Nullable ListPosition position(String cursor) {
        List<String> parts = Cursor.read(cursor);
        if (parts.size() != 2) {
            return null;
        }
        Instant createdAt = validInstant(parts.getFirst());
        return createdAt == null ? null : new ListPosition(createdAt, UUID.fromString(parts.getLast()));
    }

    /** Returns the cursor of the page that starts after a position. */
    static String cursor(ListPosition position) {
        return Cursor.of(position.createdAt().toString(), position.id().toString());
    }
}
