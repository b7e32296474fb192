package org.shatterlab.lab.theory;

import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;

/**
 * The paper's assumption, that each rectifier is active on half of the inputs and co-active on a quarter of the pairs,
 * worked out for {@code h_l = a h_{l-1} + b W_l rho(n_l(h_{l-1}))}, l = 1..L, with any a and b. With v the variance of
 * a unit over the batch (1 throughout without batch normalisation) a layer multiplies
 *
 * <pre>
 * C(i,i) by a^2 + b^2 (p/2 + q) / v
 * C(i,j) by a^2 + b^2 (p/4 + q) / v
 * v      by a^2 + b^2 (p/2 + q) / v     from v = 1
 * </pre>
 *
 * with p and q the {@link BranchMoments} of activation and weights; with ReLU and He initialisation p = 2, q = 0. This
 * idealises v, as the paper does: it is taken to be 1 at the first layer whatever the inputs, even where they have one
 * dimension and the first rectifier is not normalised, and the mean of the rectifier's output over the batch is not
 * subtracted from it later.
 */
final class HalfActive {

    private HalfActive() {}

    static GradientMoments predict(NetworkSpec.Rectifier network, int depth) {
        var coefficients = network.skipConnection().coefficients(depth);
        double skip = coefficients.skip() * coefficients.skip();
        double branch = coefficients.branch() * coefficients.branch();
        BranchMoments moments = BranchMoments.of(network);
        double onOne = moments.factor(1.0 / 2);
        double onPair = moments.factor(1.0 / 4);
        boolean divides = network.normalization() == Normalization.BATCH_NORM;
        double variance = 1;
        double correlation = 1;
        for (int l = 0; l < depth; l++) {
            // From v = 1 on, v and C(i,i) grow by the same factors: they are one number.
            double gain = divides ? branch / variance : branch;
            correlation *= (skip + gain * onPair) / (skip + gain * onOne);
            variance *= skip + gain * onOne;
        }
        return GradientMoments.of(variance, correlation);
    }
}
