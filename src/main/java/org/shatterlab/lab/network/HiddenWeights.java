package org.shatterlab.lab.network;

import java.util.Arrays;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;

/**
 * Generates the weights of a hidden layer on the host, as a sequence of numbers, row by row, and a scale.
 *
 * <p>Orthonormal columns come from the QR decomposition of a standard normal matrix. Q is uniform over the orthogonal
 * matrices only if R has a positive diagonal (Mezzadri, arXiv:math-ph/0609050). The decomposition is always computed in
 * float64, so that float32 and float64 networks have the same weights up to rounding.
 */
final class HiddenWeights {

    private HiddenWeights() {}

    /** Returns the factor of the values of {@link #unscaled}. */
    static double scale(NetworkSpec.Rectifier network) {
        double gain = network.weightGain();
        return switch (network.initialization()) {
            case HE, XAVIER -> Math.sqrt(gain / network.width());
            case ORTHOGONAL -> Math.sqrt(network.activation().outputsPerUnit() * gain);
            case LOOKS_LINEAR -> Math.sqrt(gain);
        };
    }

    /**
     * Returns the weights before scaling, row by row.
     *
     * @param normals the standard normal values of the layer
     */
    static ContinuousSampler unscaled(NetworkSpec.Rectifier network, ContinuousSampler normals) {
        int width = network.width();
        int outputsPerUnit = network.activation().outputsPerUnit();
        return switch (network.initialization()) {
            case HE, XAVIER -> normals;
            case ORTHOGONAL -> sequence(orthonormal(outputsPerUnit * width, width, normals));
            case LOOKS_LINEAR -> {
                double[] weights = orthonormal(width, width, normals);
                yield sequence(outputsPerUnit == 1 ? weights : mirrored(weights));
            }
        };
    }

    private static ContinuousSampler sequence(double[] values) {
        return Arrays.stream(values).iterator()::nextDouble;
    }

    /** Returns [W; -W]. */
    private static double[] mirrored(double[] weights) {
        double[] both = Arrays.copyOf(weights, 2 * weights.length);
        for (int i = 0; i < weights.length; i++) {
            both[weights.length + i] = -weights[i];
        }
        return both;
    }

    /** Returns a matrix Q with Q^T Q = I, row-major. */
    private static double[] orthonormal(int rows, int columns, ContinuousSampler normals) {
        var gaussian = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < gaussian.data.length; i++) {
            gaussian.data[i] = normals.sample();
        }
        var decomposition = new QRDecompositionHouseholderColumn_DDRM();
        decomposition.decompose(gaussian);
        DMatrixRMaj r = decomposition.getR(null, true);
        double[] q = decomposition.getQ(null, true).data;
        for (int i = 0; i < q.length; i++) {
            int column = i % columns;
            q[i] *= Math.signum(r.get(column, column));
        }
        return q;
    }
}
