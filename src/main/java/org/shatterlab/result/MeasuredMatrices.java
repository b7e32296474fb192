package org.shatterlab.result;

import java.util.Optional;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Matrices;
import org.shatterlab.lab.statistic.Statistic;
import org.springframework.stereotype.Component;

/** Reads the matrices that an experiment measured, and derives correlations and outer products from them. */
@Component
public class MeasuredMatrices {

    private final ResultReader results;

    MeasuredMatrices(ResultReader results) {
        this.results = results;
    }

    /**
     * Returns a matrix over all runs measured so far.
     *
     * @param statistic a statistic of {@link Statistic.Kind#MATRIX}
     * @param network the number of the network in the experiment, from 0
     * @param depth L; 0 for noise
     * @return the matrix; empty if the experiment does not measure the statistic, or has not measured it yet
     * @throws IllegalArgumentException if the statistic is no matrix
     */
    public Optional<AveragedMatrix> find(Experiment experiment, Statistic statistic, int network, int depth) {
        if (!experiment.spec().statistics().contains(statistic)) {
            return Optional.empty();
        }
        return switch (statistic) {
            case COVARIANCE -> covariance(experiment, network, depth);
            case CORRELATION ->
                covariance(experiment, network, depth)
                        .map(covariance -> square(covariance.runs(), Matrices.correlation(covariance.values())));
            case OUTER_PRODUCT ->
                results.findSeries(experiment.id(), network, depth, 0)
                        .map(gradient -> square(1, Matrices.outerProduct(gradient)));
            case ACTIVITY_RASTER -> results.findMatrix(experiment, statistic, network, depth);
            default ->
                throw new IllegalArgumentException(statistic + " is not a matrix. Use a statistic of the kind MATRIX.");
        };
    }

    private Optional<AveragedMatrix> covariance(Experiment experiment, int network, int depth) {
        return results.findMatrix(experiment, Statistic.COVARIANCE, network, depth);
    }

    private static AveragedMatrix square(long runs, double[] values) {
        int size = (int) Math.sqrt(values.length);
        return new AveragedMatrix(size, size, runs, values);
    }
}
