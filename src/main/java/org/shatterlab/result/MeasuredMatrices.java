package org.shatterlab.result;

import java.util.Optional;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Matrices;
import org.shatterlab.lab.statistic.Statistic;
import org.springframework.stereotype.Component;

/** The matrices that an experiment measured, as numbers and as pictures. */
@Component
public class MeasuredMatrices {

    private final ResultReader results;

    MeasuredMatrices(ResultReader results) {
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
                results.series(experiment.id(), network, depth, 0)
                        .map(gradient -> square(1, Matrices.outerProduct(gradient)));
            case ACTIVITY_RASTER -> results.matrix(experiment.id(), statistic, network, depth);
            default -> throw new IllegalArgumentException(statistic + " is no matrix");
        };
    }

    private Optional<AveragedMatrix> covariance(Experiment experiment, int network, int depth) {
        return results.matrix(experiment.id(), Statistic.COVARIANCE, network, depth);
    }

    private static AveragedMatrix square(long runs, double[] values) {
        int size = (int) Math.sqrt(values.length);
        return new AveragedMatrix(size, size, runs, values);
    }
}
