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
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.RowKey;

/**
 * The parameters of a request for rows of several experiments.
 *
 * @param experiments the experiments to read, in this order
 * @param query the filter for the rows of each experiment
 * @param after the key of the last row already read in the first experiment; null to start at its first row
 * @param limit the largest number of rows on a page
 * @param forSpreadsheet whether texts of CSV that begin like a formula get an apostrophe
 */
record CombinedParameters(
        List<Experiment> experiments,
        ResultQuery query,
        @Nullable RowKey after,
        int limit,
        boolean forSpreadsheet) {

    private static final int MAX_EXPERIMENTS = 50;

    /** The position of the last row of a page: the experiment and the key of the row. */
    private record Position(Experiment experiment, RowKey key) {}

    /**
     * Reads the parameters of a page of rows.
     *
     * @throws ProblemException if an experiment does not exist
     */
    static CombinedParameters page(Map<String, String[]> given, ExperimentService service) {
        QueryParameters parameters = new QueryParameters(given);
        List<Experiment> experiments = experiments(parameters, service);
        ResultQuery query = ResultParameters.filters(labels(experiments, given), parameters);
        int limit = ResultParameters.limit(parameters);
        boolean forSpreadsheet = parameters.flag(Csv.SPREADSHEET);
        Position last = parameters.optional("cursor", ResultParameters.CURSOR, cursor -> position(cursor, experiments));
        parameters.requireValid();
        return last == null
                ? new CombinedParameters(experiments, query, null, limit, forSpreadsheet)
                : new CombinedParameters(
                        experiments.subList(experiments.indexOf(last.experiment()), experiments.size()),
                        query,
                        last.key(),
                        limit,
                        forSpreadsheet);
    }

    /**
     * Reads the parameters of a stream of all rows.
     *
     * @throws ProblemException if an experiment does not exist
     */
    static CombinedParameters stream(Map<String, String[]> given, ExperimentService service) {
        QueryParameters parameters = new QueryParameters(given);
        List<Experiment> experiments = experiments(parameters, service);
        ResultQuery query = ResultParameters.filters(labels(experiments, given), parameters);
        boolean forSpreadsheet = parameters.flag(Csv.SPREADSHEET);
        parameters.requireValid();
        return new CombinedParameters(experiments, query, null, Integer.MAX_VALUE, forSpreadsheet);
    }

    private static List<Experiment> experiments(QueryParameters parameters, ExperimentService service) {
        Map<UUID, Experiment> found = new LinkedHashMap<>();
        for (String id : parameters.requiredList("experiment", MAX_EXPERIMENTS)) {
            Experiment experiment = service.get(id);
            found.putIfAbsent(experiment.id(), experiment);
        }
        return List.copyOf(found.values());
    }

    /**
     * Returns the labels that the parameter {@code network} may name. A request without experiments is already
     * rejected, so all of its labels are accepted.
     */
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

    /** Returns the cursor of the page that starts after a row. */
    static String cursor(UUID experiment, RowKey key) {
        return Cursor.of(experiment.toString(), ResultParameters.cursor(key));
    }
}
