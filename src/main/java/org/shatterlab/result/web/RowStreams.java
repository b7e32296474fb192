package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.request.RequestBudget.Permit;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultReader.KeyedRow;
import org.springframework.stereotype.Component;

/**
 * Streams all rows of experiments as CSV. Each batch of rows is read in a short transaction of its own, so that a slow
 * client holds no connection to the database.
 */
@Component
@ConditionalOnRole(Role.API)
class RowStreams {

    private static final int BATCH_SIZE = 4096;

    private final ResultReader results;
    private final ReadLimits limits;

    RowStreams(ResultReader results, ReadLimits limits) {
        this.results = results;
        this.limits = limits;
    }

    /**
     * Writes the rows of one experiment after the other. Each batch shows the rows at its own instant.
     *
     * @param withExperiment whether the first column is the experiment of the row
     * @param forSpreadsheet whether texts that begin like a formula get an apostrophe
     * @throws ProblemException with status 503, if too many streams are open. After the first rows are sent, a failure
     *     breaks the response. The deletion of an experiment is such a failure.
     */
    void write(
            HttpServletRequest request,
            HttpServletResponse response,
            List<Experiment> experiments,
            ResultQuery query,
            boolean withExperiment,
            boolean forSpreadsheet)
            throws IOException {
        try (Permit _ = limits.openStream(request);
                RowCsv csv = RowCsv.start(response, withExperiment, forSpreadsheet)) {
            List<Experiment> left = experiments;
            ResultQuery next = query;
            boolean more = true;
            while (more) {
                List<KeyedRow> batch = read(request, left, next);
                batch.forEach(row -> csv.print(withExperiment ? row.experiment() : null, row.row()));
                more = batch.size() == BATCH_SIZE;
                if (more) {
                    left = from(batch.getLast().experiment(), left);
                    next = query.startAfter(batch.getLast().key());
                }
            }
            csv.finish();
        }
    }

    private List<KeyedRow> read(HttpServletRequest request, List<Experiment> experiments, ResultQuery query) {
        return limits.readBatch(request, () -> results.readNext(experiments, query, BATCH_SIZE));
    }

    private static List<Experiment> from(UUID id, List<Experiment> experiments) {
        return experiments.stream()
                .dropWhile(experiment -> !experiment.id().equals(id))
                .toList();
    }
}
