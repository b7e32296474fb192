package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.ExperimentSpec;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.PaperFigure;
import org.shatterlab.experiment.Runs;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Matrices;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.figure.CurveFigure;
import org.shatterlab.result.figure.Figure;
import org.shatterlab.result.figure.Figure1;
import org.shatterlab.result.figure.Figure4;
import org.shatterlab.result.figure.Figure5;
import org.springframework.stereotype.Component;

/** Draws the paper's figures from what an experiment measured. */
@Component
public class PaperFigures {

    private static final CurveFigure.Axis LAG = CurveFigure.Axis.linear("lag (grid steps)", 0, 1);
    private static final CurveFigure.Axis DEPTH = CurveFigure.Axis.linear("depth L (convolutions)", 0, 1);
    private static final CurveFigure.Axis RELATIVE_RANK =
            CurveFigure.Axis.linear("relative effective rank (white noise: 1)", 0, 0.1);
    private static final CurveFigure.Axis AUTOCORRELATION =
            CurveFigure.Axis.linear("autocorrelation (dimensionless)", -0.2, 1);

    private static final String UNITS =
            "Gradients are per unit of input on a line, per unit of a first-layer neuron elsewhere.";

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
            case FIGURE_2 -> figure2(experiment);
            case FIGURE_4 -> figure4(experiment);
            case FIGURE_5 -> figure5(experiment);
            case FIGURE_3, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 -> againstTheory(experiment, figure);
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

    private Optional<Figure> figure2(Experiment experiment) {
        ExperimentSpec spec = experiment.spec();
        Map<String, Map<String, List<ResultRow>>> measured = new TreeMap<>();
        ResultQuery query = new ResultQuery(Set.of(), List.of(), Set.of(Statistic.AUTOCORRELATION.apiName()), null);
        List<ResultRow> drawn = new ArrayList<>();
        results.read(experiment, query, (_, row) -> {
            drawn.add(row);
            measured.computeIfAbsent(row.network(), _ -> new TreeMap<>())
                    .computeIfAbsent(curve(row.network(), row.depth()), _ -> new ArrayList<>())
                    .add(row);
            return true;
        });
        List<CurveFigure.Panel> panels = new ArrayList<>();
        List<CurveFigure.Curve> noise = new ArrayList<>();
        for (NetworkEntry entry : spec.networks()) {
            List<CurveFigure.Curve> curves = new ArrayList<>();
            List<Integer> depths = spec.effectiveDepths(entry);
            List<String> labels = depths.isEmpty()
                    ? List.of(entry.label())
                    : depths.stream().map(depth -> curve(entry.label(), depth)).toList();
            for (String label : labels) {
                List<ResultRow> rows =
                        measured.getOrDefault(entry.label(), Map.of()).getOrDefault(label, List.of());
                if (rows.isEmpty()) {
                    return Optional.empty();
                }
                curves.add(lags(label, rows));
            }
            switch (entry.network()) {
                case NetworkSpec.Rectifier _, NetworkSpec.Convolutional _ ->
                    panels.add(new CurveFigure.Panel(entry.label(), LAG, AUTOCORRELATION, curves));
                case NetworkSpec.Noise _ -> noise.addAll(curves);
            }
        }
        if (!noise.isEmpty()) {
            panels.add(new CurveFigure.Panel("noise", LAG, AUTOCORRELATION, noise));
        }
        return Optional.of(
                CurveFigure.of(caption(experiment, PaperFigure.FIGURE_2.apiName(), runs(drawn, spec.runs())), panels));
    }

    private static String curve(String network, @Nullable Integer depth) {
        return depth == null ? network : "depth " + depth;
    }

    private static CurveFigure.Curve lags(String label, List<ResultRow> rows) {
        double[] lags = IntStream.range(0, rows.size()).asDoubleStream().toArray();
        return new CurveFigure.Curve(label, true, lags, means(rows), errors(rows));
    }

    private static double[] means(List<ResultRow> rows) {
        return rows.stream().mapToDouble(ResultRow::mean).toArray();
    }

    /** A row of panels for each statistic, a column for each network: what was measured, and what is predicted. */
    private Optional<Figure> againstTheory(Experiment experiment, PaperFigure figure) {
        ExperimentSpec spec = experiment.spec();
        List<NetworkEntry> networks = figure.networks(spec);
        Set<String> labels = networks.stream().map(NetworkEntry::label).collect(Collectors.toSet());
        List<CurveFigure.Panel> panels = new ArrayList<>();
        List<ResultRow> drawn = new ArrayList<>();
        for (Statistic statistic : figure.statistics()) {
            Map<String, List<ResultRow>> measured = new HashMap<>();
            ResultQuery query = new ResultQuery(labels, List.of(), Set.of(statistic.apiName()), null);
            results.read(experiment, query, (_, row) -> {
                drawn.add(row);
                return measured.computeIfAbsent(row.network(), _ -> new ArrayList<>())
                        .add(row);
            });
            measured.replaceAll((_, rows) -> TheoryCurves.alongOneAxis(rows));
            if (!measured.keySet().containsAll(labels)) {
                return Optional.empty();
            }
            CurveFigure.Axis axis = TheoryCurves.axis(statistic, measured.values());
            networks.forEach(entry -> panels.add(
                    TheoryCurves.panel(entry.label(), axis, measured.getOrDefault(entry.label(), List.of()))));
        }
        String runs = runs(drawn, spec.runs());
        String caption = caption(experiment, figure.apiName(), runs);
        return Optional.of(new CurveFigure(
                figure == PaperFigure.FIGURE_3 ? caption : caption + ". " + UNITS, networks.size(), panels));
    }

    private Optional<Figure> figure4(Experiment experiment) {
        ExperimentSpec spec = experiment.spec();
        List<NetworkEntry> networks = PaperFigure.FIGURE_4.networks(spec);
        Map<String, List<ResultRow>> histograms = new HashMap<>();
        List<ResultRow> drawn = new ArrayList<>();
        Set<String> statistics =
                Set.of(Statistic.ACTIVATION_HISTOGRAM.apiName(), Statistic.CONTIGUITY_HISTOGRAM.apiName());
        results.read(experiment, new ResultQuery(Set.of(), List.of(), statistics, null), (_, row) -> {
            drawn.add(row);
            return histograms
                    .computeIfAbsent(row.network() + "/" + row.depth() + "/" + row.statistic(), _ -> new ArrayList<>())
                    .add(row);
        });
        List<Figure4.Row> rows = new ArrayList<>();
        for (NetworkEntry entry : networks) {
            for (int depth : spec.effectiveDepths(entry)) {
                String at = entry.label() + "/" + depth + "/";
                List<ResultRow> activation = histograms.get(at + Statistic.ACTIVATION_HISTOGRAM.apiName());
                List<ResultRow> contiguity = histograms.get(at + Statistic.CONTIGUITY_HISTOGRAM.apiName());
                Optional<RunMatrix> raster = results.matrix(
                        experiment.id(),
                        Statistic.ACTIVITY_RASTER,
                        spec.networks().indexOf(entry),
                        depth);
                if (activation == null || contiguity == null || raster.isEmpty()) {
                    return Optional.empty();
                }
                rows.add(new Figure4.Row(
                        entry.label() + ", depth " + depth,
                        raster.get().values(),
                        means(activation),
                        means(contiguity)));
            }
        }
        String caption = caption(experiment, PaperFigure.FIGURE_4.apiName(), runs(drawn, spec.runs()));
        return Optional.of(new Figure4(
                caption + ". The rasters are of run 0, of the last rectifier layer.",
                MeasuredMatrices.inputs(spec.inputs()),
                rows));
    }

    private Optional<Figure> figure5(Experiment experiment) {
        ExperimentSpec spec = experiment.spec();
        Map<String, List<ResultRow>> ranks = new TreeMap<>();
        List<ResultRow> drawn = new ArrayList<>();
        Set<String> statistic = Set.of(Statistic.RELATIVE_EFFECTIVE_RANK.apiName());
        results.read(experiment, new ResultQuery(Set.of(), List.of(), statistic, null), (_, row) -> {
            drawn.add(row);
            return ranks.computeIfAbsent(row.network(), _ -> new ArrayList<>()).add(row);
        });
        List<Figure5.Covariance> shallow = new ArrayList<>();
        List<Figure5.Covariance> deep = new ArrayList<>();
        List<CurveFigure.Curve> curves = new ArrayList<>();
        int[] order = null;
        for (NetworkEntry entry : PaperFigure.FIGURE_5.networks(spec)) {
            List<ResultRow> rows = ranks.get(entry.label());
            if (rows == null) {
                return Optional.empty();
            }
            double[] depths = rows.stream()
                    .map(ResultRow::depth)
                    .filter(Objects::nonNull)
                    .mapToDouble(Integer::doubleValue)
                    .toArray();
            curves.add(new CurveFigure.Curve(entry.label(), true, depths, means(rows), errors(rows)));
            List<Integer> all = spec.effectiveDepths(entry);
            for (int depth : all.size() == 1 ? all : List.of(all.getFirst(), all.getLast())) {
                Optional<RunMatrix> found = results.matrix(
                        experiment.id(), Statistic.COVARIANCE, spec.networks().indexOf(entry), depth);
                if (found.isEmpty()) {
                    return Optional.empty();
                }
                double[] covariance = found.get().values();
                // As in the paper, the gradients of the shallowest network order the images for all.
                order = order == null ? GradientClusters.order(covariance) : order;
                (depth == all.getFirst() ? shallow : deep)
                        .add(new Figure5.Covariance(
                                entry.label() + ", depth " + depth,
                                GradientClusters.reorder(Matrices.overMeanDiagonal(covariance), order)));
            }
        }
        List<Figure5.Covariance> covariances =
                Stream.concat(shallow.stream(), deep.stream()).toList();
        CurveFigure.Panel panel =
                new CurveFigure.Panel("how the rank of the gradients grows with depth", DEPTH, RELATIVE_RANK, curves);
        return Optional.of(new Figure5(
                caption(experiment, PaperFigure.FIGURE_5.apiName(), runs(drawn, spec.runs())), covariances, panel));
    }

    /** Empty for a single run, which has no error. */
    static double[] errors(List<ResultRow> rows) {
        return rows.stream()
                .map(ResultRow::standardError)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** How many runs the row with the fewest has, and of an adaptive experiment the one with the most. */
    private static String runs(Collection<ResultRow> measured, Runs wanted) {
        LongSummaryStatistics each = measured.stream().collect(Collectors.summarizingLong(ResultRow::runs));
        return wanted instanceof Runs.Adaptive && each.getMin() < each.getMax()
                ? each.getMin() + " to " + each.getMax() + " runs"
                : runs(each.getMin(), wanted);
    }

    static String runs(long measured, Runs wanted) {
        return switch (wanted) {
            case Runs.Fixed(int count) when measured < count -> measured + " of " + count + " runs";
            case Runs.Fixed _, Runs.Adaptive _ -> measured + (measured == 1 ? " run" : " runs");
        };
    }

    static String caption(Experiment experiment, String figure, String runs) {
        ExperimentSpec spec = experiment.spec();
        return "Shatterlab " + figure + ": " + spec.inputs().points() + " inputs, " + runs + ", seed " + spec.seed()
                + ", " + spec.precision().apiName() + ". Experiment " + experiment.id();
    }
}
