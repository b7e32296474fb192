package org.shatterlab.lab;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Set;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.statistic.DepthAccumulator;
import org.shatterlab.lab.statistic.GradientSample;
import org.shatterlab.lab.statistic.Statistic;

/**
 * Turns one run's tangents, or noise, into what the statistics need of it.
 *
 * <p>C(i,j) is averaged over the readout in closed form, E_v[g_i g_j] = t_i . t_j / N: without bias, and with an error an
 * order of magnitude below that of one drawn readout. A gradient series needs the drawn one, g_i = v . t_i.
 */
final class Samples {

    private static final int[] INPUTS = {0};

    private Samples() {}

    /**
     * The sample of one run at one depth. Everything is summed in float64: squares leave float32 long before tangents do.
     *
     * @param tangents t_L, shape (M, N)
     */
    static GradientSample ofTangents(SampledNetwork network, int depth, NDArray tangents, CellSpec cell) {
        try (NDManager scratch = tangents.getManager().newSubManager()) {
            NDArray t = tangents.toType(DataType.FLOAT64, true);
            t.attach(scratch);
            double width = network.spec().width();
            double trace = t.square().sum().getDouble() / width;
            double total = t.sum(INPUTS).square().sum().getDouble() / width;
            requireFinite(trace, total, depth, cell);
            double[] gradient = null;
            if (DepthAccumulator.needsGradient(cell.statistics())) {
                NDArray readout = network.readout(depth);
                readout.attach(scratch);
                gradient = t.matMul(readout.toType(DataType.FLOAT64, false)).toDoubleArray();
            }
            double[] covariance = null;
            if (DepthAccumulator.needsCovariance(cell.statistics())) {
                covariance = t.matMul(t.transpose()).divi(width).toDoubleArray();
            }
            return new GradientSample(trace, total - trace, gradient, covariance);
        }
    }

    /** The sample of one run of noise: its series stands for the gradient, its products for the covariance. */
    static GradientSample ofNoise(NetworkSpec.Noise noise, RunDraws draws, int points, Set<Statistic> statistics) {
        ContinuousSampler normals = draws.normals(RunDraws.Role.NOISE, 0);
        double[] z = new double[points];
        for (int i = 0; i < points; i++) {
            double step = normals.sample();
            z[i] = switch (noise.color()) {
                case WHITE -> step;
                case BROWN -> i == 0 ? step : z[i - 1] + step;
            };
        }
        double trace = Arrays.stream(z).map(value -> value * value).sum();
        double sum = Arrays.stream(z).sum();
        double[] covariance = null;
        if (DepthAccumulator.needsCovariance(statistics)) {
            covariance = new double[points * points];
            Arrays.setAll(covariance, k -> z[k / points] * z[k % points]);
        }
        return new GradientSample(trace, sum * sum - trace, z, covariance);
    }

    private static void requireFinite(double trace, double total, int depth, CellSpec cell) {
        if (Double.isFinite(trace) && Double.isFinite(total)) {
            return;
        }
        throw new UnmeasurableException("The gradients at depth " + depth + " leave the range of "
                + cell.precision().apiName() + ": "
                + switch (cell.precision()) {
                    case FLOAT32 ->
                        "ask for \"precision\": \"float64\", for smaller depths, or for a "
                                + "normalization or a smaller alpha or beta, which keep the variance down.";
                    case FLOAT64 ->
                        "ask for smaller depths, or for a normalization or a smaller alpha or beta, "
                                + "which keep the variance down.";
                });
    }
}
