package org.shatterlab.result.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentSpec;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Violation;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultQuery.RowKey;

/** Reads the query parameters of results, all violations at once; a parameter's pointer is {@code ?name}. */
final class ResultParameters {

    static final int DEFAULT_LIMIT = 1000;
    static final int LARGEST_LIMIT = 10_000;

    private static final Pattern DEPTHS = Pattern.compile("(\\d{1,9})(?:\\.\\.(\\d{1,9}))?");

    private final List<Violation> violations = new ArrayList<>();

    private ResultParameters() {}

    /** A page of rows. */
    record Page(ResultQuery query, int limit) {}

    static Page read(
            ExperimentSpec spec,
            @Nullable List<String> networks,
            @Nullable String depths,
            @Nullable List<String> statistics,
            @Nullable Integer limit,
            @Nullable String cursor) {
        ResultParameters parameters = new ResultParameters();
        ResultQuery query = new ResultQuery(
                parameters.known("network", networks, labels(spec)),
                depths == null ? List.of() : parameters.depths(depths),
                parameters.known("statistic", statistics, statistics()),
                cursor == null ? null : parameters.cursor(cursor));
        int most = limit == null ? DEFAULT_LIMIT : limit;
        if (most < 1 || most > LARGEST_LIMIT) {
            parameters.refuse("limit", most, "must be a number from 1 to " + LARGEST_LIMIT);
        }
        if (!parameters.violations.isEmpty()) {
            throw new InvalidRequestException(parameters.violations);
        }
        return new Page(query, most);
    }

    private void refuse(String parameter, Object value, String message) {
        violations.add(new Violation("?" + parameter, value, message));
    }

    private Set<String> known(String parameter, @Nullable List<String> values, Set<String> known) {
        if (values == null) {
            return Set.of();
        }
        values.stream()
                .filter(value -> !known.contains(value))
                .forEach(value -> refuse(parameter, value, "must be one of: " + String.join(", ", known)));
        return Set.copyOf(values);
    }

    private static Set<String> labels(ExperimentSpec spec) {
        return spec.networks().stream().map(NetworkEntry::label).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> statistics() {
        return Arrays.stream(Statistic.values())
                .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS)
                .map(Statistic::apiName)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private List<DepthRange> depths(String text) {
        List<DepthRange> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = DEPTHS.matcher(part.strip());
            if (!matcher.matches()) {
                refuse("depth", text, "must be depths such as 10, or 2,4,10, or 2..50");
                return List.of();
            }
            int from = Integer.parseInt(matcher.group(1));
            String to = matcher.group(2);
            ranges.add(new DepthRange(from, to == null ? from : Integer.parseInt(to)));
        }
        return ranges;
    }

    private @Nullable RowKey cursor(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\n", -1);
            if (parts.length == 4) {
                return new RowKey(
                        Integer.parseInt(parts[0]), parts[1], Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
            }
        } catch (IllegalArgumentException e) {
            // Not base64 or not numbers: refused below, as a cursor of the wrong number of parts is.
        }
        refuse("cursor", text, "must be the nextCursor of an earlier answer");
        return null;
    }

    static String cursor(RowKey key) {
        String text = key.network() + "\n" + key.statistic() + "\n" + key.depth() + "\n" + key.index();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
