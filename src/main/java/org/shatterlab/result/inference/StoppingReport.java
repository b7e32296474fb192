package org.shatterlab.result.inference;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultRow;
import org.springframework.stereotype.Component;

/** Reports how precise the rows of adaptive experiments are, and why the runs of each row stopped. */
@Component
public class StoppingReport {

    private static final String MAX_RUNS = "maxRuns";

    private final ExperimentService experiments;
    private final ResultReader results;

    StoppingReport(ExperimentService experiments, ResultReader results) {
        this.experiments = experiments;
        this.results = results;
    }

    /** A row with its sort key. */
    public record KeyedStoppingRow(RowKey key, StoppingRow row) {}

    /**
     * Returns the next rows of the statistic that adaptive runs observe, in the order of their keys.
     *
     * @param experiment an experiment with adaptive runs
     * @param runs the adaptive runs of the experiment
     * @param query the filter
     * @param limit the largest number of rows
     */
    public List<KeyedStoppingRow> read(Experiment experiment, Runs.Adaptive runs, ResultQuery query, int limit) {
        Set<Integer> stopped = experiments.stoppedNetworks(experiment, runs);
        HalfWidths halfWidths = new HalfWidths();
        return results.readNext(List.of(experiment), query, limit).stream()
                .map(keyed -> {
                    ResultRow row = keyed.row();
                    Double halfWidth = halfWidths.of(row);
                    String reason = stopped.contains(keyed.key().network()) ? reason(runs, row, halfWidth) : null;
                    return new KeyedStoppingRow(
                            keyed.key(),
                            new StoppingRow(
                                    row.network(),
                                    row.depth(),
                                    row.index(),
                                    row.mean(),
                                    halfWidth,
                                    row.runs(),
                                    reason));
                })
                .toList();
    }

    private static String reason(Runs.Adaptive runs, ResultRow row, @Nullable Double halfWidth) {
        return halfWidth == null
                ? MAX_RUNS
                : runs.reachedTarget(row.mean(), halfWidth)
                        .map(Runs.Target::apiName)
                        .orElse(MAX_RUNS);
    }
}
