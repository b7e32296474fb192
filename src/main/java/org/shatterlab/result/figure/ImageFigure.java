package org.shatterlab.result.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Matrices;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.AveragedMatrix;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.plot.CurveFigure.Axis;
import org.shatterlab.result.plot.CurveFigure.Curve;
import org.shatterlab.result.plot.CurveFigure.Panel;
import org.shatterlab.result.plot.Figure;
import org.shatterlab.result.plot.Figure5;

/** Draws the paper's Figure 5: covariances of gradients at images, and the rank of the gradients against depth. */
final class ImageFigure {

    private static final Axis DEPTH = Axis.linear("depth L (convolutions)", 0, 1);
    private static final Axis RELATIVE_RANK = Axis.linear("relative effective rank (white noise: 1)", 0, 0.1);

    private ImageFigure() {}

    /** Returns the figure; empty if the experiment has not measured all of its data yet. */
    static Optional<Figure> draw(Experiment experiment, ResultReader results) {
        List<NetworkEntry> networks = PaperFigure.FIGURE_5.networks(experiment.spec());
        List<ResultRow> rows = results.readRows(experiment, networks, List.of(Statistic.RELATIVE_EFFECTIVE_RANK));
        Map<String, List<ResultRow>> ranks = rows.stream().collect(Collectors.groupingBy(ResultRow::network));
        List<Figure5.Covariance> covariances = covariances(experiment, networks, results);
        if (covariances.isEmpty() || ranks.size() < networks.size()) {
            return Optional.empty();
        }
        List<Curve> curves = networks.stream()
                .map(entry -> curve(entry.label(), Objects.requireNonNull(ranks.get(entry.label()))))
                .toList();
        return Optional.of(new Figure5(
                FigureCaptions.caption(experiment, PaperFigure.FIGURE_5.apiName(), rows),
                covariances,
                new Panel("how the rank of the gradients grows with depth", DEPTH, RELATIVE_RANK, curves)));
    }

    private static Curve curve(String label, List<ResultRow> rows) {
        double[] depths = rows.stream()
                .map(ResultRow::depth)
                .filter(Objects::nonNull)
                .mapToDouble(Integer::doubleValue)
                .toArray();
        return new Curve(label, true, depths, FigureCaptions.means(rows), FigureCaptions.errors(rows));
    }

    /**
     * Returns the covariances of all networks at their smallest depths, then at their largest depths. The list is empty
     * if a covariance is not measured yet.
     */
    private static List<Figure5.Covariance> covariances(
            Experiment experiment, List<NetworkEntry> networks, ResultReader results) {
        List<Figure5.Covariance> shallow = new ArrayList<>();
        List<Figure5.Covariance> deep = new ArrayList<>();
        int[] order = null;
        for (NetworkEntry entry : networks) {
            int network = experiment.spec().networks().indexOf(entry);
            List<Integer> depths = experiment.spec().effectiveDepths(entry);
            for (int depth : depths.size() == 1 ? depths : List.of(depths.getFirst(), depths.getLast())) {
                Optional<AveragedMatrix> found = results.findMatrix(experiment, Statistic.COVARIANCE, network, depth);
                if (found.isEmpty()) {
                    return List.of();
                }
                double[] covariance = found.get().values();
                // As in the paper, the first network at its smallest depth determines the order of the images for all.
                order = order == null ? GradientClusters.order(covariance) : order;
                (depth == depths.getFirst() ? shallow : deep)
                        .add(new Figure5.Covariance(
                                entry.label() + ", depth " + depth,
                                GradientClusters.reorder(Matrices.overMeanDiagonal(covariance), order)));
            }
        }
        return Stream.concat(shallow.stream(), deep.stream()).toList();
    }
}
