package org.shatterlab.lab.theory;

import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;

/**
 * The paper's assumption, that each rectifier is active on half of the inputs and co-active on a quarter of the pairs,
 * worked out for {@code h_l = a h_{l-1} + b W_l rho(n_l(h_{l-1}))}, l = 1..L, with any a and b. With v the variance of
 * a unit over the batch (1 throughout without batch normalisation) a layer multiplies
 *
 * <pre>
 * C(i,i) by a^2 + b^2 / v
 * C(i,j) by a^2 + b^2 / (2 v)
 * v      by a^2 + b^2 / v       from v = 1
 * </pre>
 *
 * since E rho(n)^2 = 1/2 and the weights have variance 2/N. This idealises v, as the paper does: it is taken to be 1 at
 * the first layer whatever the inputs, even where they have one dimension and the first rectifier is not normalised, and
 * the mean of the rectifier's output over the batch is not subtracted from it later.
 */
final class HalfActive {

    private HalfActive() {}

    static Moments predict(NetworkSpec.Rectifier network, int depth) {
        var coefficients = network.wiring().coefficients(depth);
        double skip = coefficients.skip() * coefficients.skip();
        double branch = coefficients.branch() * coefficients.branch();
        boolean divides = network.normalization() == Normalization.BATCH_NORM;
        double variance = 1;
        double correlation = 1;
        for (int l = 0; l < depth; l++) {
            // From v = 1 on, v and C(i,i) grow by the same factors: they are one number.
            double gain = divides ? branch / variance : branch;
            correlation *= (skip + gain / 2) / (skip + gain);
            variance *= skip + gain;
        }
        return Moments.of(variance, correlation);
    }
}
