package org.shatterlab.result.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultStore;
import org.shatterlab.result.plot.Figure;
import org.shatterlab.result.plot.Figure1;
import org.springframework.stereotype.Component;

/** Builds the paper's figures from the results of an experiment. */
@Component
public class PaperFigures {

    private final ResultReader results;

    PaperFigures(ResultReader results) {
        this.results = results;
    }

    /**
     * Returns a figure of an experiment.
     *
     * @return the figure; empty if some of its data are not measured yet, or if their cells failed
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
                Optional<double[]> gradient = results.findSeries(experiment.id(), network, depth, 0);
                if (gradient.isEmpty()) {
                    return Optional.empty();
                }
                String title = depths.size() > 1 ? entry.label() + ", depth " + depth : entry.label();
                columns.add(new Figure1.Column(title, x, gradient.get()));
            }
        }
        return Optional.of(
                new Figure1(FigureCaptions.caption(experiment, PaperFigure.FIGURE_1.apiName(), "run 0"), columns));
    }
}
