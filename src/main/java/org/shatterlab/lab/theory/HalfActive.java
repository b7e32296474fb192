package org.shatterlab.lab.theory;

import org.shatterlab.lab.network.Coefficients;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;

/**
 * Predicts the gradients from the paper's assumption for the recursion that the lab measures.
 *
 * <p>The paper assumes that each rectifier is active on half of the inputs and co-active on a quarter of the pairs. The
 * recursion is {@code h_l = a h_{l-1} + b W_l rho(n_l(h_{l-1}))}, l = 1..L, with any a and b. Let v be the variance of
 * a unit over the batch, which is 1 at all layers without batch normalisation. A layer multiplies
 *
 * <pre>
 * C(i,i) by a^2 + b^2 (p/2 + q) / v
 * C(i,j) by a^2 + b^2 (p/4 + q) / v
 * v      by a^2 + b^2 (p/2 + q) / v     from v = 1
 * </pre>
 *
 * with p and q from the {@link BranchMoments} of activation and weights. ReLU with He initialisation has p = 2 and q =
 * 0.
 *
 * <p>The variance v is idealised, as in the paper. It starts at 1 for all inputs, even for one-dimensional inputs,
 * whose first rectifier is not normalised. At later layers the mean of the rectifier's output over the batch is not
 * subtracted from v.
 */
final class HalfActive {

    private HalfActive() {}

    static GradientMoments predict(NetworkSpec.Rectifier network, int depth) {
        Coefficients coefficients = network.skipConnection().coefficients(depth);
        double skip = coefficients.skip() * coefficients.skip();
        double branch = coefficients.branch() * coefficients.branch();
        BranchMoments moments = BranchMoments.of(network);
        double onOne = moments.factor(1.0 / 2);
        double onPair = moments.factor(1.0 / 4);
        boolean divides = network.normalization() == Normalization.BATCH_NORM;
        double variance = 1;
        double correlation = 1;
        for (int l = 0; l < depth; l++) {
            // v and C(i,i) both start at 1 and grow by the same factors, so one variable holds both.
            double gain = divides ? branch / variance : branch;
            correlation *= (skip + gain * onPair) / (skip + gain * onOne);
            variance *= skip + gain * onOne;
        }
        return GradientMoments.of(variance, correlation);
    }
}
