package org.shatterlab.result.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.Cursor;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultQuery.RowKey;

/** Reads the query parameters that select rows. */
final class ResultParameters {

    static final int DEFAULT_LIMIT = 1000;
    static final int MAX_LIMIT = 10_000;

    /** The message for a cursor that is not allowed. */
    static final String CURSOR = "must be the nextCursor of an earlier page";

    private static final Pattern DEPTHS = Pattern.compile("(\\d{1,9})(?:\\.\\.(\\d{1,9}))?");

    /** The API names of the statistics that have rows. */
    static final List<String> STATISTICS = Arrays.stream(Statistic.values())
            .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS)
            .map(Statistic::apiName)
            .toList();

    private ResultParameters() {}

    /**
     * The filter and the size of a page of rows.
     *
     * @param query the filter
     * @param limit the largest number of rows on the page
     */
    record Page(ResultQuery query, int limit) {}

    /**
     * The filter of a stream of CSV.
     *
     * @param forSpreadsheet whether texts that begin like a formula get an apostrophe
     */
    record Stream(ResultQuery query, boolean forSpreadsheet) {}

    /**
     * Reads {@code network}, {@code statistic}, {@code depth}, {@code limit} and {@code cursor}. Accepts {@code
     * spreadsheet}, which makes no difference to JSON.
     */
    static Page page(ExperimentSpec spec, Map<String, String[]> given) {
        QueryParameters parameters = new QueryParameters(given);
        parameters.flag(Csv.SPREADSHEET);
        ResultQuery all = filters(labels(spec), parameters);
        return page(all, spec, parameters);
    }

    /** Reads {@code network}, {@code depth}, {@code limit} and {@code cursor}, for rows of one statistic. */
    static Page pageOf(Statistic statistic, ExperimentSpec spec, Map<String, String[]> given) {
        QueryParameters parameters = new QueryParameters(given);
        ResultQuery all = filters(labels(spec), parameters, Set.of(statistic.apiName()));
        return page(all, spec, parameters);
    }

    private static Page page(ResultQuery all, ExperimentSpec spec, QueryParameters parameters) {
        int limit = limit(parameters);
        RowKey after = parameters.optional("cursor", CURSOR, text -> key(text, spec));
        parameters.requireValid();
        return new Page(all.startAfter(after), limit);
    }

    /** Reads {@code network}, {@code statistic}, {@code depth} and {@code spreadsheet}. */
    static Stream stream(ExperimentSpec spec, Map<String, String[]> given) {
        QueryParameters parameters = new QueryParameters(given);
        Stream stream = new Stream(filters(labels(spec), parameters), parameters.flag(Csv.SPREADSHEET));
        parameters.requireValid();
        return stream;
    }

    /** Returns the labels of the networks of a spec. */
    static List<String> labels(ExperimentSpec spec) {
        return spec.networks().stream().map(NetworkEntry::label).toList();
    }

    /** Reads {@code limit}. */
    static int limit(QueryParameters parameters) {
        return parameters.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    }

    /** Reads {@code network}, {@code statistic} and {@code depth}, with the labels that {@code network} may name. */
    static ResultQuery filters(Collection<String> labels, QueryParameters parameters) {
        return filters(labels, parameters, parameters.multiChoice("statistic", STATISTICS));
    }

    private static ResultQuery filters(Collection<String> labels, QueryParameters parameters, Set<String> statistics) {
        List<DepthRange> depths = depths(parameters);
        return new ResultQuery(parameters.multiChoice("network", labels), depths, statistics, null);
    }

    /** Reads {@code depth}. */
    static List<DepthRange> depths(QueryParameters parameters) {
        List<DepthRange> ranges = parameters.optional(
                "depth", "must be depths such as 10, or 2,4,10, or 2..50", ResultParameters::ranges);
        return Objects.requireNonNullElse(ranges, List.of());
    }

    /** Parses ranges of depths such as {@code 2,4..10}. Returns null if the text is not allowed. */
    static @Nullable List<DepthRange> ranges(String text) {
        List<DepthRange> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = DEPTHS.matcher(part.strip());
            if (!matcher.matches()) {
                return null;
            }
            int from = Integer.parseInt(matcher.group(1));
            String to = matcher.group(2);
            DepthRange range = new DepthRange(from, to == null ? from : Integer.parseInt(to));
            if (range.to() < range.from()) {
                return null;
            }
            ranges.add(range);
        }
        return ranges;
    }

    /** Parses the cursor of a page. Returns null if the cursor is not of this spec. */
    static @Nullable RowKey key(String cursor, ExperimentSpec spec) {
        List<String> parts = Cursor.read(cursor);
        if (parts.size() != 4 || !STATISTICS.contains(parts.get(1))) {
            return null;
        }
        RowKey key = new RowKey(
                Integer.parseInt(parts.get(0)),
                parts.get(1),
                Integer.parseInt(parts.get(2)),
                Integer.parseInt(parts.get(3)));
        return key.network() < 0 || key.network() >= spec.networks().size() ? null : key;
    }

    /** Returns the cursor of the page that starts after a row. */
    static String cursor(RowKey key) {
        return Cursor.of(
                Integer.toString(key.network()),
                key.statistic(),
                Integer.toString(key.depth()),
                Integer.toString(key.index()));
    }
}
