package org.shatterlab.result.figure;

import java.util.Collection;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Objects;
import java.util.stream.Collectors;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.result.ResultRow;

/** Writes the captions of figures, and reads the columns that figures draw from rows. */
final class FigureCaptions {

    private FigureCaptions() {}

    static double[] means(List<ResultRow> rows) {
        return rows.stream().mapToDouble(ResultRow::mean).toArray();
    }

    /** Empty for a single run, which has no error. */
    static double[] errors(List<ResultRow> rows) {
        return rows.stream()
                .map(ResultRow::standardError)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    static String runs(long measured, Runs wanted) {
        return switch (wanted) {
            case Runs.Fixed(int count) when measured < count -> measured + " of " + count + " runs";
            case Runs.Fixed _, Runs.Adaptive _ -> measured + (measured == 1 ? " run" : " runs");
        };
    }

    /** Of rows: the runs of the one with the fewest, and of an adaptive experiment those of the one with the most too. */
    static String caption(Experiment experiment, String figure, Collection<ResultRow> measured) {
        LongSummaryStatistics each = measured.stream().collect(Collectors.summarizingLong(ResultRow::runs));
        Runs wanted = experiment.spec().runs();
        return caption(
                experiment,
                figure,
                wanted instanceof Runs.Adaptive && each.getMin() < each.getMax()
                        ? each.getMin() + " to " + each.getMax() + " runs"
                        : runs(each.getMin(), wanted));
    }

    static String caption(Experiment experiment, String figure, String runs) {
        ExperimentSpec spec = experiment.spec();
        return "Shatterlab " + figure + ": " + spec.inputs().points() + " inputs, " + runs + ", seed " + spec.seed()
                + ", " + spec.precision().apiName() + ". Experiment " + experiment.id();
    }
}
