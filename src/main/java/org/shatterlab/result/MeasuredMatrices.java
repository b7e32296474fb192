package org.shatterlab.result;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.ExperimentSpec;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.statistic.Matrices;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.result.figure.Figure;
import org.shatterlab.result.figure.MatrixFigure;
import org.springframework.stereotype.Component;

/** The matrices that an experiment measured, as numbers and as pictures. */
@Component
public class MeasuredMatrices {

    private final Results results;

    MeasuredMatrices(Results results) {
        this.results = results;
    }

    /**
     * A matrix over all runs measured so far.
     *
     * @param statistic of {@link Statistic.Kind#MATRIX}
     * @param network its number in the experiment, from 0
     * @param depth L; 0 for noise
     * @return empty where it is not measured, or not yet
     */
    public Optional<RunMatrix> find(Experiment experiment, Statistic statistic, int network, int depth) {
        if (!experiment.spec().statistics().contains(statistic)) {
            return Optional.empty();
        }
        return switch (statistic) {
            case COVARIANCE -> covariance(experiment, network, depth);
            case CORRELATION ->
                covariance(experiment, network, depth)
                        .map(covariance -> square(covariance.runs(), Matrices.correlation(covariance.values())));
            case OUTER_PRODUCT ->
                results.series(experiment.id(), network, depth, 0)
                        .map(gradient -> square(1, Matrices.outerProduct(gradient)));
            case ACTIVITY_RASTER -> results.matrix(experiment.id(), statistic, network, depth);
            default -> throw new IllegalArgumentException(statistic + " is no matrix");
        };
    }

    private Optional<RunMatrix> covariance(Experiment experiment, int network, int depth) {
        return results.matrix(experiment.id(), Statistic.COVARIANCE, network, depth);
    }

    private static RunMatrix square(long runs, double[] values) {
        int size = (int) Math.sqrt(values.length);
        return new RunMatrix(size, size, runs, values);
    }

    /** A matrix that was {@link #find found}, as a picture. */
    public static Figure draw(Experiment experiment, Statistic statistic, int network, int depth, RunMatrix matrix) {
        ExperimentSpec spec = experiment.spec();
        String label = spec.networks().get(network).label();
        String runs = statistic.isOfRunZero() ? "run 0" : PaperFigures.runs(matrix.runs(), spec.runs());
        return new MatrixFigure(
                PaperFigures.caption(experiment, statistic.apiName(), runs),
                depth == ResultStore.NO_DEPTH ? label : label + ", depth " + depth,
                statistic == Statistic.ACTIVITY_RASTER ? numbered("unit", matrix.rows()) : inputs(spec.inputs()),
                inputs(spec.inputs()),
                matrix.values(),
                scale(statistic, matrix.values()));
    }

    static MatrixFigure.Axis inputs(InputSpec inputs) {
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
