package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.ExperimentSpec;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.PaperFigure;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.figure.Figure;
import org.shatterlab.result.figure.Figure1;
import org.shatterlab.result.figure.Figure2;
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
            case FIGURE_2 -> figure2(experiment);
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
        results.read(experiment, query, (_, row) -> {
            measured.computeIfAbsent(row.network(), _ -> new TreeMap<>())
                    .computeIfAbsent(curve(row.network(), row.depth()), _ -> new ArrayList<>())
                    .add(row);
            return true;
        });
        List<Figure2.Panel> panels = new ArrayList<>();
        List<Figure2.Curve> noise = new ArrayList<>();
        for (NetworkEntry entry : spec.networks()) {
            List<Figure2.Curve> curves = new ArrayList<>();
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
                curves.add(new Figure2.Curve(label, means(rows), errors(rows)));
            }
            switch (entry.network()) {
                case NetworkSpec.Rectifier _, NetworkSpec.Convolutional _ ->
                    panels.add(new Figure2.Panel(entry.label(), curves));
                case NetworkSpec.Noise _ -> noise.addAll(curves);
            }
        }
        if (!noise.isEmpty()) {
            panels.add(new Figure2.Panel("noise", noise));
        }
        return Optional.of(new Figure2(
                caption(experiment, PaperFigure.FIGURE_2.apiName(), runs(measured.values(), spec.runs())), panels));
    }

    private static String curve(String network, @Nullable Integer depth) {
        return depth == null ? network : "depth " + depth;
    }

    private static double[] means(List<ResultRow> rows) {
        return rows.stream().mapToDouble(ResultRow::mean).toArray();
    }

    /** Empty for a single run, which has no error. */
    private static double[] errors(List<ResultRow> rows) {
        return rows.stream()
                .map(ResultRow::standardError)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** How many runs every curve has at least: fewer than asked for while the experiment is running. */
    private static String runs(Collection<Map<String, List<ResultRow>>> measured, int wanted) {
        long fewest = measured.stream()
                .flatMap(curves -> curves.values().stream())
                .flatMap(List::stream)
                .mapToLong(ResultRow::runs)
                .min()
                .orElse(0);
        return runs(fewest, wanted);
    }

    static String runs(long measured, int wanted) {
        return measured == wanted ? wanted + (wanted == 1 ? " run" : " runs") : measured + " of " + wanted + " runs";
    }

    static String caption(Experiment experiment, String figure, String runs) {
        ExperimentSpec spec = experiment.spec();
        return "Shatterlab " + figure + ": " + spec.inputs().points() + " inputs, " + runs + ", seed " + spec.seed()
                + ", " + spec.precision().apiName() + ". Experiment " + experiment.id();
    }
}
