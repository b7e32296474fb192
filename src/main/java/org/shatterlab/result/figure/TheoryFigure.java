package org.shatterlab.result.figure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.ResultQuery.DepthRange;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.ResultRow.Predicted;
import org.shatterlab.result.plot.CurveFigure;
import org.shatterlab.result.plot.CurveFigure.Axis;
import org.shatterlab.result.plot.CurveFigure.Curve;
import org.shatterlab.result.plot.CurveFigure.Panel;
import org.shatterlab.result.plot.Figure;

/**
 * Draws Figure 3 and the figures of the theorems: one row of panels for each statistic, one column for each network. A
 * panel shows the measurement and its predictions against the depth or the layer.
 */
final class TheoryFigure {

    private static final Axis DEPTH = Axis.linear("depth L (rectifier layers)", 0, 1);
    private static final Axis LAYER = Axis.linear("layer l", 0, 1);

    /** The ratio of the largest to the smallest value above which an axis is logarithmic. */
    private static final double LOGARITHMIC_RATIO = 50;

    /** The largest value above which an axis is logarithmic, because its labels would be too long otherwise. */
    private static final double LOGARITHMIC_VALUE = 1e6;

    private static final String UNITS =
            "Gradients are per unit of input on a line, per unit of a first-layer neuron elsewhere.";

    private TheoryFigure() {}

    /** Returns the figure; empty if the experiment has not measured all of its data yet. */
    static Optional<Figure> draw(Experiment experiment, PaperFigure figure, ResultReader results) {
        List<NetworkEntry> networks = figure.networks(experiment.spec());
        List<Panel> panels = new ArrayList<>();
        List<ResultRow> drawn = new ArrayList<>();
        for (Statistic statistic : figure.statistics()) {
            List<ResultRow> rows =
                    results.readRows(experiment, networks, depths(experiment, figure), List.of(statistic));
            Map<String, List<ResultRow>> measured = rows.stream().collect(Collectors.groupingBy(ResultRow::network));
            if (measured.size() < networks.size()) {
                return Optional.empty();
            }
            measured.replaceAll((_, ofNetwork) -> rowsOnOneAxis(ofNetwork));
            Axis axis = axis(statistic, measured.values());
            networks.forEach(entry ->
                    panels.add(panel(entry.label(), axis, Objects.requireNonNull(measured.get(entry.label())))));
            drawn.addAll(rows);
        }
        String caption = FigureCaptions.caption(experiment, figure.apiName(), drawn);
        return Optional.of(new CurveFigure(
                figure == PaperFigure.FIGURE_3 ? caption : caption + ". " + UNITS, networks.size(), panels));
    }

    /**
     * Returns the depths whose rows are read; empty for all. A figure against the layer shows only the largest depth of
     * each network.
     */
    private static List<DepthRange> depths(Experiment experiment, PaperFigure figure) {
        return figure != PaperFigure.FIGURE_3
                ? List.of()
                : figure.networks(experiment.spec()).stream()
                        .map(entry -> experiment.spec().effectiveDepths(entry).getLast())
                        .distinct()
                        .map(depth -> new DepthRange(depth, depth))
                        .toList();
    }

    /** Returns the value axis for all rows of a statistic, logarithmic if the values are large or span a large range. */
    private static Axis axis(Statistic statistic, Collection<List<ResultRow>> rows) {
        return switch (statistic) {
            case GRADIENT_VARIANCE -> {
                double min = values(rows).min().orElse(1);
                double max = values(rows).max().orElse(1);
                String name = "gradient variance";
                yield min > 0 && (max / LOGARITHMIC_RATIO > min || max > LOGARITHMIC_VALUE)
                        ? Axis.logarithmic(name)
                        : Axis.linear(name, 0, 1);
            }
            case GRADIENT_CORRELATION -> Axis.linear("gradient correlation", 0, 1);
            case ACTIVATION_RATE -> Axis.linear("activation rate", 0, 1);
            case COACTIVATION_RATE -> Axis.linear("co-activation rate", 0, 0.5);
            default ->
                throw new IllegalArgumentException(
                        statistic + " has no axis. Add an axis for the statistic before a figure shows it.");
        };
    }

    /** Returns the rows of the largest depth if the statistic has a row for each layer, and all rows otherwise. */
    private static List<ResultRow> rowsOnOneAxis(List<ResultRow> rows) {
        return rows.getLast().index() == null
                ? rows
                : rows.stream()
                        .filter(row ->
                                Objects.equals(row.depth(), rows.getLast().depth()))
                        .toList();
    }

    private static DoubleStream values(Collection<List<ResultRow>> rows) {
        return rows.stream()
                .flatMap(List::stream)
                .flatMap(row -> Stream.of(
                        row.mean(),
                        row.predictions().paper(),
                        row.predictions().derived(),
                        row.predictions().infiniteWidth()))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue);
    }

    /**
     * Returns a panel with the predictions and the measurement.
     *
     * @param rows the rows of one statistic and network, as {@link #rowsOnOneAxis} returns them
     */
    private static Panel panel(String title, Axis axis, List<ResultRow> rows) {
        List<Curve> curves = new ArrayList<>();
        addPrediction(curves, CurveFigure.PAPER, rows, Predicted::paper);
        addPrediction(curves, CurveFigure.DERIVED, rows, Predicted::derived);
        addPrediction(curves, CurveFigure.INFINITE_WIDTH, rows, Predicted::infiniteWidth);
        curves.add(new Curve(
                CurveFigure.MEASURED,
                true,
                coordinates(rows),
                FigureCaptions.means(rows),
                FigureCaptions.errors(rows)));
        return new Panel(title, rows.getFirst().index() == null ? DEPTH : LAYER, axis, curves);
    }

    private static void addPrediction(
            List<Curve> curves, String label, List<ResultRow> rows, Function<Predicted, @Nullable Double> prediction) {
        List<ResultRow> predicted = rows.stream()
                .filter(row -> prediction.apply(row.predictions()) != null)
                .toList();
        if (!predicted.isEmpty()) {
            double[] values = predicted.stream()
                    .map(row -> prediction.apply(row.predictions()))
                    .filter(Objects::nonNull)
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            curves.add(new Curve(label, false, coordinates(predicted), values, new double[0]));
        }
    }

    private static double[] coordinates(List<ResultRow> rows) {
        return rows.stream()
                .map(row -> row.index() == null ? row.depth() : row.index())
                .filter(Objects::nonNull)
                .mapToDouble(Integer::doubleValue)
                .toArray();
    }
}
