package org.shatterlab.result.inference;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.shatterlab.experiment.queue.PrecisionCheck;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultReader;
import org.springframework.stereotype.Component;

/** Checks whether the merged rows of an experiment are precise enough. */
@Component
class ResultPrecisionCheck implements PrecisionCheck {

    private final ResultReader results;

    ResultPrecisionCheck(ResultReader results) {
        this.results = results;
    }

    @Override
    public SortedSet<Integer> networksOutsideTargets(Experiment experiment, Runs.Adaptive runs) {
        ResultQuery query =
                new ResultQuery(Set.of(), List.of(), Set.of(runs.statistic().apiName()), null);
        HalfWidths halfWidths = new HalfWidths();
        SortedSet<Integer> outside = new TreeSet<>();
        results.streamRows(experiment, query, (key, row) -> {
            Double halfWidth = halfWidths.of(row);
            if (halfWidth == null || runs.reachedTarget(row.mean(), halfWidth).isEmpty()) {
                outside.add(key.network());
            }
            return true;
        });
        return outside;
    }
}
