package org.shatterlab.result.figure;

import java.util.Arrays;
import java.util.stream.DoubleStream;
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

/** Builds the heat maps of measured matrices. */
public final class MatrixPlots {

    /** The largest end of a colour scale. The difference of two such ends is a double. */
    private static final double MAX_COLOUR = Double.MAX_VALUE / 4;

    private MatrixPlots() {}

    /**
     * Returns the heat map of a matrix.
     *
     * @param statistic the statistic of the matrix
     * @param network the number of the network in the experiment, from 0
     * @param depth L; {@link ResultStore#NO_DEPTH} for noise
     * @param matrix the matrix as {@link MeasuredMatrices#find} returns it
     */
    public static Figure draw(
            Experiment experiment, Statistic statistic, int network, int depth, AveragedMatrix matrix) {
        ExperimentSpec spec = experiment.spec();
        String label = spec.networks().get(network).label();
        String runs = statistic.isOfRunZero() ? "run 0" : FigureCaptions.runs(matrix.runs(), spec.runs());
        return new MatrixFigure(
                FigureCaptions.caption(experiment, statistic.apiName(), runs),
                depth == ResultStore.NO_DEPTH ? label : label + ", depth " + depth,
                statistic == Statistic.ACTIVITY_RASTER ? numberAxis("unit", matrix.rows()) : inputAxis(spec.inputs()),
                inputAxis(spec.inputs()),
                matrix.values(),
                colourScale(statistic, matrix.values()));
    }

    /** Returns the axis of inputs: the coordinates of a grid, or the numbers of other inputs. */
    public static MatrixFigure.MatrixAxis inputAxis(InputSpec inputs) {
        return switch (inputs) {
            case InputSpec.Grid grid ->
                new MatrixFigure.MatrixAxis(
                        "input x",
                        Arrays.stream(Inputs.of(grid)).mapToDouble(x -> x[0]).toArray());
            case InputSpec.Gaussian _, InputSpec.GaussianMixture _, InputSpec.Images _ ->
                numberAxis("number of the input", inputs.points());
        };
    }

    private static MatrixFigure.MatrixAxis numberAxis(String name, int count) {
        return new MatrixFigure.MatrixAxis(
                name, IntStream.range(0, count).asDoubleStream().toArray());
    }

    private static MatrixFigure.Scale colourScale(Statistic statistic, double[] values) {
        return switch (statistic) {
            case CORRELATION -> new MatrixFigure.Scale("correlation of gradients R(i,j)", -1, 1);
            case OUTER_PRODUCT -> new MatrixFigure.Scale("|(g − m)(g − m)ᵀ| / var(g), clipped at 2", 0, 2);
            case ACTIVITY_RASTER -> new MatrixFigure.Scale("active (1) or not (0)", 0, 1);
            default -> {
                double low = finite(values).min().orElse(0);
                double high = finite(values).max().orElse(0);
                String name = "covariance of gradients C(i,j)";
                // A covariance that is not zero has a positive entry. The range spans at least a thousandth of the
                // largest entry, because an axis whose range is only rounding would have no ticks.
                yield high > 0
                        ? new MatrixFigure.Scale(name, Math.min(low, 0.999 * high), high)
                        : new MatrixFigure.Scale(name, 0, 1);
            }
        };
    }

    /** Returns the finite entries, limited to numbers whose differences are finite. */
    private static DoubleStream finite(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).map(value -> Math.clamp(value, -MAX_COLOUR, MAX_COLOUR));
    }
}
