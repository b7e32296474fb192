package org.shatterlab.result.figure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.AveragedMatrix;
import org.shatterlab.result.MeasuredMatrices;
import org.shatterlab.result.ResultStore;
import org.shatterlab.result.plot.Figure;
import org.shatterlab.result.plot.MatrixFigure;

/** Draws a measured matrix as a heat map. */
public final class MatrixPlots {

    private MatrixPlots() {}

    /** Returns the picture of a matrix that {@link MeasuredMatrices#find} returned. */
    public static Figure draw(
            Experiment experiment, Statistic statistic, int network, int depth, AveragedMatrix matrix) {
        ExperimentSpec spec = experiment.spec();
        String label = spec.networks().get(network).label();
        String runs = statistic.isOfRunZero() ? "run 0" : FigureCaptions.runs(matrix.runs(), spec.runs());
        return new MatrixFigure(
                FigureCaptions.caption(experiment, statistic.apiName(), runs),
                depth == ResultStore.NO_DEPTH ? label : label + ", depth " + depth,
                statistic == Statistic.ACTIVITY_RASTER ? numbered("unit", matrix.rows()) : inputs(spec.inputs()),
                inputs(spec.inputs()),
                matrix.values(),
                scale(statistic, matrix.values()));
    }

    public static MatrixFigure.Axis inputs(InputSpec inputs) {
        return switch (inputs) {
            case InputSpec.Grid grid ->
                new MatrixFigure.Axis(
                        "input x",
                        Arrays.stream(Inputs.of(grid)).mapToDouble(x -> x[0]).toArray());
            case InputSpec.Gaussian _, InputSpec.GaussianMixture _, InputSpec.Images _ ->
                numbered("number of the input", inputs.points());
        };
    }

    private static MatrixFigure.Axis numbered(String name, int count) {
        return new MatrixFigure.Axis(
                name, IntStream.range(0, count).asDoubleStream().toArray());
    }

    private static MatrixFigure.Scale scale(Statistic statistic, double[] values) {
        return switch (statistic) {
            case CORRELATION -> new MatrixFigure.Scale("correlation of gradients R(i,j)", -1, 1);
            case OUTER_PRODUCT -> new MatrixFigure.Scale("|(g − m)(g − m)ᵀ| / var(g), clipped at 2", 0, 2);
            case ACTIVITY_RASTER -> new MatrixFigure.Scale("active (1) or not (0)", 0, 1);
            default -> {
                double low = Arrays.stream(values).min().orElseThrow();
                double high = Arrays.stream(values).max().orElseThrow();
                String name = "covariance of gradients C(i,j)";
                // A covariance has a positive entry, or is zero; a range of nothing but rounding would have no ticks.
                yield high > 0
                        ? new MatrixFigure.Scale(name, Math.min(low, 0.999 * high), high)
                        : new MatrixFigure.Scale(name, 0, 1);
            }
        };
    }
}
