package org.shatterlab.lab.theory;

import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;

/**
 * What the activation and the weights of a layer make of the second moments of its pre-activations. For two Gaussian
 * pre-activations u, v of mean zero and N sigma_w^2 the {@link NetworkSpec.Rectifier#weightGain} g
 *
 * <pre>
 * N sigma_w^2 E[rho(u) rho(v)] = coactive E[u v ; both positive] + total E[u v]
 * </pre>
 *
 * and likewise with derivatives u' or v' in place of u or v and rho'(u) u' in place of rho(u). Since rho(u) = s u +
 * (1-s) max(0, u) for a slope s, and E[u max(0, v)] = E[u v] / 2, coactive = g (1-s)^2 and total = g s. Under CReLU
 * both signs of u, which are alike, add up to coactive = 2 g. A network that looks linear has total = g alone.
 */
record BranchMoments(double coactive, double total) {

    static BranchMoments of(NetworkSpec.Rectifier network) {
        double gain = network.weightGain();
        if (network.initialization() == Initialization.LOOKS_LINEAR) {
            return new BranchMoments(0, gain);
        }
        return switch (network.activation()) {
            case Activation.Relu() -> new BranchMoments(gain, 0);
            case Activation.Crelu() -> new BranchMoments(2 * gain, 0);
            case Activation.Linear() -> new BranchMoments(0, gain);
            case Activation.Prelu(double s) -> new BranchMoments(gain * (1 - s) * (1 - s), gain * s);
        };
    }

    /** What E[u v] is multiplied with where both are positive on a given part of the pairs, whatever their values. */
    double factor(double coactivePart) {
        return coactive * coactivePart + total;
    }

    boolean isLinear() {
        return coactive == 0;
    }
}
