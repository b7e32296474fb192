package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.ExperimentSpec;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.PaperFigure;
import org.shatterlab.experiment.Runs;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.result.figure.Figure;
import org.shatterlab.result.figure.Figure1;
import org.springframework.stereotype.Component;

/** Draws the paper's figures from what an experiment measured. */
@Component
public class PaperFigures {

    private final Results results;

    PaperFigures(Results results) {
        this.results = results;
    }

    /**
     * A figure of an experiment.
     *
     * @return empty where some of what it shows is not measured yet, or failed
     */
    public Optional<Figure> draw(Experiment experiment, PaperFigure figure) {
        return switch (figure) {
            case FIGURE_1 -> figure1(experiment);
            case FIGURE_2 -> LagFigure.draw(experiment, results);
            case FIGURE_4 -> ActivityFigure.draw(experiment, results);
            case FIGURE_5 -> ImageFigure.draw(experiment, results);
            case FIGURE_3, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 ->
                TheoryFigure.draw(experiment, figure, results);
        };
    }

    private Optional<Figure> figure1(Experiment experiment) {
        ExperimentSpec spec = experiment.spec();
        if (!(spec.inputs() instanceof InputSpec.Grid grid)) {
            return Optional.empty();
        }
        double[] x =
                Arrays.stream(Inputs.of(grid)).mapToDouble(point -> point[0]).toArray();
        List<Figure1.Column> columns = new ArrayList<>();
        for (int network = 0; network < spec.networks().size(); network++) {
            NetworkEntry entry = spec.networks().get(network);
            List<Integer> depths = spec.effectiveDepths(entry);
            for (int depth : depths.isEmpty() ? List.of(ResultStore.NO_DEPTH) : depths) {
                Optional<double[]> gradient = results.series(experiment.id(), network, depth, 0);
                if (gradient.isEmpty()) {
                    return Optional.empty();
                }
                String title = depths.size() > 1 ? entry.label() + ", depth " + depth : entry.label();
                columns.add(new Figure1.Column(title, x, gradient.get()));
            }
        }
        return Optional.of(new Figure1(caption(experiment, PaperFigure.FIGURE_1.apiName(), "run 0"), columns));
    }

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
