package org.shatterlab.lab.theory;

import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Coefficients;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;

/**
 * Predicts the gradients from the theorems of Balduzzi et al., "The Shattered Gradients Problem" (ICML 2017).
 *
 * <p>A network outside the conditions of a theorem has no prediction. All theorems assume that each rectifier is active
 * on half of the inputs and co-active on a quarter of the pairs.
 */
final class PaperTheorems {

    static final String OTHER_LAYER =
            "The paper's theorems are stated for activation relu with initialization he; the derived prediction carries"
                    + " their assumption over to others.";

    private PaperTheorems() {}

    /** Returns whether a network has the activation and the initialisation of the theorems. */
    static boolean cover(NetworkSpec.Rectifier network) {
        return network.activation().equals(new Activation.Relu()) && network.initialization() == Initialization.HE;
    }

    static GradientMoments predict(NetworkSpec.Rectifier network, int depth) {
        if (!cover(network)) {
            return GradientMoments.none(OTHER_LAYER);
        }
        boolean batchNorm = network.normalization() == Normalization.BATCH_NORM;
        return switch (network.skipConnection()) {
            case SkipConnection.Feedforward _ -> theorem1(depth);
            case SkipConnection.Resnet resnet -> batchNorm ? theorem3(resnet, depth) : theorem2(resnet, depth);
            case SkipConnection.Highway highway -> corollary1(highway.coefficients(depth), batchNorm, depth);
            case SkipConnection.ScaledHighway highway -> corollary1(highway.coefficients(depth), batchNorm, depth);
        };
    }

    /** Predicts variance 1 and correlation 2^-L for feedforward networks with He initialisation. */
    private static GradientMoments theorem1(int depth) {
        return GradientMoments.of(1, Math.pow(0.5, depth));
    }

    /** Predicts variance 2^L and covariance (3/2)^L for resnets without batch normalisation. */
    private static GradientMoments theorem2(SkipConnection.Resnet resnet, int depth) {
        if (resnet.alpha() != 1 || resnet.beta() != 1) {
            return GradientMoments.none(
                    "The paper's Theorem 2 is stated for alpha = beta = 1 only; the derived prediction"
                            + " carries its assumption over to other values.");
        }
        return GradientMoments.of(Math.pow(2, depth), Math.pow(0.75, depth));
    }

    /**
     * Predicts the moments of resnets with batch normalisation.
     *
     * <p>Let q_l = beta^2 / (1 + beta^2 l) for l = 0..L-2, which is the paper's count of layers. The variance is prod
     * (1 + q_l) = beta^2 (L-1) + 1, the covariance is prod (1 + q_l/2), and the correlation is their ratio. The paper
     * gives only the order of the ratio, 1 / (beta sqrt(L)), which exceeds 1 if beta^2 L &lt; 1.
     */
    private static GradientMoments theorem3(SkipConnection.Resnet resnet, int depth) {
        if (resnet.alpha() != 1) {
            return GradientMoments.none(
                    "The paper's Theorem 3 is stated for alpha = 1 only; the derived prediction carries its"
                            + " assumption over to other values.");
        }
        double beta2 = resnet.beta() * resnet.beta();
        double correlation = 1;
        for (int l = 0; l <= depth - 2; l++) {
            double q = beta2 / (1 + beta2 * l);
            correlation *= (1 + q / 2) / (1 + q);
        }
        return GradientMoments.of(beta2 * (depth - 1) + 1, correlation);
    }

    /** Predicts variance 1 and correlation (gamma1^2 + gamma2^2/2)^L for highways without batch normalisation. */
    private static GradientMoments corollary1(Coefficients gamma, boolean batchNorm, int depth) {
        if (batchNorm) {
            return GradientMoments.none(
                    "The paper's Corollary 1 is about highway networks without batch normalisation.");
        }
        double factor = gamma.skip() * gamma.skip() + gamma.branch() * gamma.branch() / 2;
        return GradientMoments.of(1, Math.pow(factor, depth));
    }
}
