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

/** Writes the captions of figures, and extracts the columns of rows that figures draw. */
final class FigureCaptions {

    private FigureCaptions() {}

    /** Returns the means of rows, in the order of the rows. */
    static double[] means(List<ResultRow> rows) {
        return rows.stream().mapToDouble(ResultRow::mean).toArray();
    }

    /**
     * Returns the standard errors of rows, in the order of the rows. The array is empty if no row has an error, as for a
     * single run. A row without an error among others has the error 0, so its band is not visible.
     */
    static double[] errors(List<ResultRow> rows) {
        return rows.stream().allMatch(row -> row.standardError() == null)
                ? new double[0]
                : rows.stream()
                        .map(ResultRow::standardError)
                        .mapToDouble(error -> Objects.requireNonNullElse(error, 0.0))
                        .toArray();
    }

    /** Returns the number of measured runs as text, with the wanted number if runs are missing. */
    static String runs(long measured, Runs wanted) {
        return switch (wanted) {
            case Runs.Fixed(int count) when measured < count -> measured + " of " + count + " runs";
            case Runs.Fixed _, Runs.Adaptive _ -> measured + (measured == 1 ? " run" : " runs");
        };
    }

    /**
     * Returns the caption of a figure that shows rows. The caption gives the smallest number of runs of a row. In an
     * adaptive experiment, the caption also gives the largest number, if the numbers differ.
     */
    static String caption(Experiment experiment, String figure, Collection<ResultRow> measured) {
        LongSummaryStatistics runsPerRow = measured.stream().collect(Collectors.summarizingLong(ResultRow::runs));
        Runs wanted = experiment.spec().runs();
        return caption(
                experiment,
                figure,
                wanted instanceof Runs.Adaptive && runsPerRow.getMin() < runsPerRow.getMax()
                        ? runsPerRow.getMin() + " to " + runsPerRow.getMax() + " runs"
                        : runs(runsPerRow.getMin(), wanted));
    }

    /** Returns the caption of a figure with a text for its runs, such as "20 runs". */
    static String caption(Experiment experiment, String figure, String runs) {
        ExperimentSpec spec = experiment.spec();
        return "Shatterlab " + figure + ": " + spec.inputs().points() + " inputs, " + runs + ", seed " + spec.seed()
                + ", " + spec.precision().apiName() + ". Experiment " + experiment.id();
    }
}
