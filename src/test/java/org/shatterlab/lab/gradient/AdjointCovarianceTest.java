package org.shatterlab.lab.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Estimate;
import org.shatterlab.lab.statistic.RatioMoments;
import org.shatterlab.lab.statistic.Statistic;

/**
 * Compares two estimates of C. Whole input gradients give E[g_i . g_j] / d. Tangents give C in one random direction of
 * the neurons.
 */
class AdjointCovarianceTest {

    private static final int RUNS = 400;
    private static final int DEPTH = 3;
    private static final InputSpec.Gaussian INPUTS = new InputSpec.Gaussian(12, 20, 4);
    private static final NetworkSpec.Rectifier NETWORK =
            new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 1), 30, Normalization.MEAN_CENTERING, 0);

    @Test
    void matchesCorrelationOfTangents() {
        Lab lab = Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
        Estimate tangents = lab.measure(new CellSpec(
                        NETWORK,
                        INPUTS,
                        List.of(DEPTH),
                        Set.of(Statistic.GRADIENT_CORRELATION),
                        Precision.FLOAT64,
                        DrawSource.HOST,
                        1,
                        0,
                        RUNS))
                .rows()
                .getFirst()
                .moments()
                .estimate();
        RatioMoments adjoint = RatioMoments.EMPTY;
        for (int run = 0; run < RUNS; run++) {
            adjoint = add(adjoint, new RunDraws(2, NETWORK, run));
        }
        double error = Math.hypot(error(tangents), error(adjoint.estimate()));
        assertThat(error).isLessThan(0.05);
        assertThat(adjoint.estimate().mean()).isCloseTo(tangents.mean(), within(4 * error));
    }

    private static RatioMoments add(RatioMoments moments, RunDraws draws) {
        int points = INPUTS.points();
        try (NDManager manager = NDManager.newBaseManager();
                SampledNetwork network = new SampledNetwork(
                        NETWORK, INPUTS.dimension(), List.of(draws), manager, Precision.FLOAT64, DrawSource.HOST)) {
            double[] flat = Arrays.stream(Inputs.of(INPUTS))
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            NDArray x = manager.create(flat, new Shape(1, points, INPUTS.dimension()));
            NDArray g =
                    AdjointPass.gradients(network, x, List.of(DEPTH)).input().reshape(points, INPUTS.dimension());
            double[] products = g.matMul(g.transpose()).toDoubleArray();
            double total = Arrays.stream(products).sum();
            double trace = 0;
            for (int i = 0; i < points; i++) {
                trace += products[i * points + i];
            }
            return moments.add((total - trace) / (points - 1), trace);
        }
    }

    private static double error(Estimate estimate) {
        return Objects.requireNonNull(estimate.standardError());
    }
}
