package org.shatterlab.result.web;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.Cursor;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.RowKey;

/**
 * Which rows of which experiments a request asks for.
 *
 * @param experiments those to read, in this order
 * @param query which rows of each of them
 * @param after the key of the last row already read, in the first of them; null from its start
 * @param limit rows of a page
 */
record CombinedParameters(
        List<Experiment> experiments,
        ResultQuery query,
        @Nullable RowKey after,
        int limit) {

    private static final int MAX_EXPERIMENTS = 50;

    /** The last row of a page: its experiment and its key there. */
    private record Position(Experiment experiment, RowKey key) {}

    /** Reads the parameters of a page of rows. */
    static CombinedParameters page(Map<String, String[]> given, ExperimentService stored) {
        QueryParameters parameters = new QueryParameters(given);
        List<Experiment> experiments = experiments(parameters, stored);
        ResultQuery query = ResultParameters.filters(labels(experiments, given), parameters);
        int limit = ResultParameters.limit(parameters);
        Position last = parameters.parsed("cursor", ResultParameters.CURSOR, cursor -> position(cursor, experiments));
        parameters.requireValid();
        return last == null
                ? new CombinedParameters(experiments, query, null, limit)
                : new CombinedParameters(
                        experiments.subList(experiments.indexOf(last.experiment()), experiments.size()),
                        query,
                        last.key(),
                        limit);
    }

    /** Reads the parameters of a stream of all rows. */
    static CombinedParameters stream(Map<String, String[]> given, ExperimentService stored) {
        QueryParameters parameters = new QueryParameters(given);
        List<Experiment> experiments = experiments(parameters, stored);
        ResultQuery query = ResultParameters.filters(labels(experiments, given), parameters);
        parameters.requireValid();
        return new CombinedParameters(experiments, query, null, Integer.MAX_VALUE);
    }

    private static List<Experiment> experiments(QueryParameters parameters, ExperimentService stored) {
        Map<UUID, Experiment> found = new LinkedHashMap<>();
        for (String id : parameters.requiredList("experiment", MAX_EXPERIMENTS)) {
            Experiment experiment = find(id, stored);
            found.putIfAbsent(experiment.id(), experiment);
        }
        return List.copyOf(found.values());
    }

    /** An experiment that a parameter names; where there is none, the refusal says which. */
    static Experiment find(String id, ExperimentService stored) {
        try {
            return stored.get(id);
        } catch (ProblemException e) {
            String named = id.length() > 100 ? id.substring(0, 100) + "…" : id;
            throw new ProblemException(Problem.NOT_FOUND, "There is no experiment \"" + named + "\".");
        }
    }

    /** Of all of them; without experiments, which is refused already, any label will do. */
    private static Collection<String> labels(List<Experiment> experiments, Map<String, String[]> given) {
        if (experiments.isEmpty()) {
            return List.of(given.getOrDefault("network", new String[0]));
        }
        Collection<String> labels = new LinkedHashSet<>();
        experiments.forEach(experiment -> labels.addAll(ResultParameters.labels(experiment.spec())));
        return labels;
    }

    private static @Nullable Position position(String cursor, List<Experiment> experiments) {
        List<String> parts = Cursor.read(cursor);
        if (parts.size() != 2) {
            return null;
        }
        for (Experiment experiment : experiments) {
            RowKey key = experiment.id().toString().equals(parts.getFirst())
                    ? ResultParameters.key(parts.getLast(), experiment.spec())
                    : null;
            if (key != null) {
                return new Position(experiment, key);
            }
        }
        return null;
    }

    /** The cursor of the page that starts after a row. */
    static String cursor(UUID experiment, RowKey key) {
        return Cursor.of(experiment.toString(), ResultParameters.cursor(key));
    }
}
