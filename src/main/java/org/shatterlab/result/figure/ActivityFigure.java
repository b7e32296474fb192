package org.shatterlab.result.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.AveragedMatrix;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.plot.Figure;
import org.shatterlab.result.plot.Figure4;

/** Draws the paper's Figure 4: the raster and histograms of the last layer, one row for each network and depth. */
final class ActivityFigure {

    private ActivityFigure() {}

    /** The network, depth and statistic that a histogram belongs to. */
    private record HistogramKey(String network, @Nullable Integer depth, String statistic) {}

    /** Returns the figure; empty if the experiment has not measured all of its data yet. */
    static Optional<Figure> draw(Experiment experiment, ResultReader results) {
        ExperimentSpec spec = experiment.spec();
        List<NetworkEntry> networks = PaperFigure.FIGURE_4.networks(spec);
        List<ResultRow> measured = results.readRows(experiment, networks, PaperFigure.FIGURE_4.statistics());
        Map<HistogramKey, List<ResultRow>> histograms = measured.stream()
                .collect(Collectors.groupingBy(row -> new HistogramKey(row.network(), row.depth(), row.statistic())));
        List<Figure4.ActivityRow> rows = new ArrayList<>();
        for (NetworkEntry entry : networks) {
            for (int depth : spec.effectiveDepths(entry)) {
                List<ResultRow> activation = histograms.get(
                        new HistogramKey(entry.label(), depth, Statistic.ACTIVATION_HISTOGRAM.apiName()));
                List<ResultRow> contiguity = histograms.get(
                        new HistogramKey(entry.label(), depth, Statistic.CONTIGUITY_HISTOGRAM.apiName()));
                Optional<AveragedMatrix> raster = results.findMatrix(
                        experiment, Statistic.ACTIVITY_RASTER, spec.networks().indexOf(entry), depth);
                if (activation == null || contiguity == null || raster.isEmpty()) {
                    return Optional.empty();
                }
                rows.add(new Figure4.ActivityRow(
                        entry.label() + ", depth " + depth,
                        Figure4.Raster.of(raster.get().values()),
                        FigureCaptions.means(activation),
                        FigureCaptions.means(contiguity)));
            }
        }
        String caption = FigureCaptions.caption(experiment, PaperFigure.FIGURE_4.apiName(), measured);
        return Optional.of(new Figure4(
                caption + ". The rasters are of run 0, of the last rectifier layer.",
                MatrixPlots.inputAxis(spec.inputs()),
                rows));
    }
}
