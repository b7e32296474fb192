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

/** Tells where the rows of adaptive experiments stopped, and why. */
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
     * Reads rows of the statistic that is to be precise, in the order of their keys.
     *
     * @param consumer says whether another one is wanted
     */
    public void read(
            Experiment experiment, Runs.Adaptive runs, ResultQuery query, BiPredicate<RowKey, StoppingRow> consumer) {
        Set<Integer> stopped = experiments.stoppedNetworks(experiment, runs);
        HalfWidths halfWidths = new HalfWidths();
        results.read(experiment, query, (key, row) -> {
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
                : runs.reached(row.mean(), halfWidth).map(Runs.Target::apiName).orElse(MAX_RUNS);
    }
}
