package org.shatterlab.lab.network;

import java.util.Arrays;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;

/**
 * The weights of a hidden layer, as a sequence of numbers, row by row, and the scale to multiply them with.
 *
 * <p>Orthonormal columns are the Q of a standard normal matrix whose R has a positive diagonal: only then is Q uniform
 * over the orthogonal matrices (Mezzadri, arXiv:math-ph/0609050). They are worked out in float64 whatever the precision,
 * so that networks of both have the same weights up to rounding.
 */
final class HiddenWeights {

    private HiddenWeights() {}

    static double scale(NetworkSpec.Rectifier network) {
        double gain = network.weightGain();
        return switch (network.initialization()) {
            case HE, XAVIER -> Math.sqrt(gain / network.width());
            case ORTHOGONAL -> Math.sqrt(network.activation().outputsPerUnit() * gain);
            case LOOKS_LINEAR -> Math.sqrt(gain);
        };
    }

    /**
     * The weights before they are scaled.
     *
     * @param normals of the layer
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

    /** [W; -W]. */
    private static double[] mirrored(double[] weights) {
        double[] both = Arrays.copyOf(weights, 2 * weights.length);
        for (int i = 0; i < weights.length; i++) {
            both[weights.length + i] = -weights[i];
        }
        return both;
    }

    /** A matrix Q with Q^T Q = I, row-major. */
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
