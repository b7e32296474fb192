package org.shatterlab.result.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.plot.CurveFigure;
import org.shatterlab.result.plot.CurveFigure.Axis;
import org.shatterlab.result.plot.CurveFigure.Curve;
import org.shatterlab.result.plot.CurveFigure.Panel;
import org.shatterlab.result.plot.Figure;

/**
 * Draws the paper's Figure 2: autocorrelation against lag, with a panel for each network and a curve for each depth.
 */
final class LagFigure {

    private static final Axis LAG = Axis.linear("lag (grid steps)", 0, 1);
    private static final Axis AUTOCORRELATION = Axis.linear("autocorrelation (dimensionless)", -0.2, 1);

    private LagFigure() {}

    /** Returns the figure; empty if the experiment has not measured all of its data yet. */
    static Optional<Figure> draw(Experiment experiment, ResultReader results) {
        List<NetworkEntry> networks = experiment.spec().networks();
        List<ResultRow> rows = results.readRows(experiment, networks, PaperFigure.FIGURE_2.statistics());
        Map<String, Map<String, List<ResultRow>>> measured = rows.stream()
                .collect(Collectors.groupingBy(
                        ResultRow::network, Collectors.groupingBy(row -> curveLabel(row.network(), row.depth()))));
        List<Panel> panels = new ArrayList<>();
        List<Curve> noise = new ArrayList<>();
        for (NetworkEntry entry : networks) {
            List<Curve> curves = curves(experiment, entry, measured.getOrDefault(entry.label(), Map.of()));
            if (curves.isEmpty()) {
                return Optional.empty();
            }
            switch (entry.network()) {
                case NetworkSpec.Rectifier _, NetworkSpec.Convolutional _ ->
                    panels.add(new Panel(entry.label(), LAG, AUTOCORRELATION, curves));
                case NetworkSpec.Noise _ -> noise.addAll(curves);
            }
        }
        if (!noise.isEmpty()) {
            panels.add(new Panel("noise", LAG, AUTOCORRELATION, noise));
        }
        return Optional.of(
                CurveFigure.of(FigureCaptions.caption(experiment, PaperFigure.FIGURE_2.apiName(), rows), panels));
    }

    /** Returns one curve for each depth, or one curve for noise. The list is empty if a curve is not measured yet. */
    private static List<Curve> curves(
            Experiment experiment, NetworkEntry entry, Map<String, List<ResultRow>> measured) {
        List<Integer> depths = experiment.spec().effectiveDepths(entry);
        List<String> labels = depths.isEmpty()
                ? List.of(entry.label())
                : depths.stream().map(depth -> curveLabel(entry.label(), depth)).toList();
        return measured.keySet().containsAll(labels)
                ? labels.stream()
                        .map(label -> curve(label, Objects.requireNonNull(measured.get(label))))
                        .toList()
                : List.of();
    }

    private static String curveLabel(String network, @Nullable Integer depth) {
        return depth == null ? network : "depth " + depth;
    }

    private static Curve curve(String label, List<ResultRow> rows) {
        double[] lags = IntStream.range(0, rows.size()).asDoubleStream().toArray();
        return new Curve(label, true, lags, FigureCaptions.means(rows), FigureCaptions.errors(rows));
    }
}
