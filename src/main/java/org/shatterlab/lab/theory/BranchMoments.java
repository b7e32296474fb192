package org.shatterlab.lab.theory;

import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;

/**
 * The factors that map the second moments of a layer's pre-activations to the second moments of its branch.
 *
 * <p>Let u, v be two Gaussian pre-activations with mean zero, and N sigma_w^2 = g the
 * {@link NetworkSpec.Rectifier#weightGain}. Then
 *
 * <pre>
 * N sigma_w^2 E[rho(u) rho(v)] = coactive E[u v ; both positive] + total E[u v]
 * </pre>
 *
 * The equation also holds with a derivative u' or v' in place of u or v, and rho'(u) u' in place of rho(u).
 *
 * <p>For a slope s, rho(u) = s u + (1-s) max(0, u) and E[u max(0, v)] = E[u v] / 2. This gives coactive = g (1-s)^2 and
 * total = g s. Under CReLU both signs of u contribute equally, so coactive = 2 g. A network with looks-linear
 * initialisation has coactive = 0 and total = g.
 *
 * @param coactive the factor of the moment over the event that both pre-activations are positive
 * @param total the factor of the moment over all weights
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

    /**
     * Returns the factor of E[u v] under the paper's assumption, which fixes the fraction of co-active pairs.
     *
     * @param coactiveFraction the fraction of pairs that are both positive, independent of their values
     */
    double factor(double coactiveFraction) {
        return coactive * coactiveFraction + total;
    }

    boolean isLinear() {
        return coactive == 0;
    }
}
