package org.shatterlab.result.inference;

import java.util.Set;
import java.util.function.BiPredicate;
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

    /**
     * Streams the rows of the statistic that adaptive runs observe to a consumer, in the order of their keys.
     *
     * @param experiment an experiment with adaptive runs
     * @param runs the adaptive runs of the experiment
     * @param query the filter
     * @param consumer accepts a row, and returns whether it accepts a further row
     */
    public void streamRows(
            Experiment experiment, Runs.Adaptive runs, ResultQuery query, BiPredicate<RowKey, StoppingRow> consumer) {
        Set<Integer> stopped = experiments.stoppedNetworks(experiment, runs);
        HalfWidths halfWidths = new HalfWidths();
        results.streamRows(experiment, query, (key, row) -> {
            Double halfWidth = halfWidths.of(row);
            String reason = stopped.contains(key.network()) ? reason(runs, row, halfWidth) : null;
            return consumer.test(
                    key,
                    new StoppingRow(
                            row.network(), row.depth(), row.index(), row.mean(), halfWidth, row.runs(), reason));
        });
    }

    private static String reason(Runs.Adaptive runs, ResultRow row, @Nullable Double halfWidth) {
        return halfWidth == null
                ? MAX_RUNS
                : runs.reachedTarget(row.mean(), halfWidth)
                        .map(Runs.Target::apiName)
                        .orElse(MAX_RUNS);
    }
}
