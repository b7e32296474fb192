package org.shatterlab.lab.theory;

import java.util.Arrays;
import java.util.Objects;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;

/**
 * The predictions for the activity of one layer.
 *
 * <p>The paper assumes that each rectifier is active on half of the inputs and co-active on a quarter of the pairs, at
 * every layer. In the limit of infinite width a unit's pre-activations are Gaussian with mean zero, so the half is
 * exact. Two pre-activations with the correlation cos(theta) are both active with the probability
 * (pi - theta) / (2 pi).
 *
 * @param activation the predictions for the statistic {@code activation-rate}
 * @param coactivation the predictions for the statistic {@code coactivation-rate}
 */
record ActivityPredictions(Predictions activation, Predictions coactivation) {

    private static final Prediction HALF = new Prediction.Value(0.5);
    private static final Prediction QUARTER = new Prediction.Value(0.25);

    /**
     * Returns the predictions for one layer.
     *
     * @param limit the infinite-width limit of a network that contains the layer
     * @param silent whether some input's pre-activation is zero for all weights
     * @param layer the layer, counted from 1
     */
    static ActivityPredictions of(NetworkSpec.Rectifier network, InfiniteWidth.Limit limit, boolean silent, int layer) {
        Prediction coactivation = layer <= limit.coactivation().size()
                ? predicted(limit.coactivation().get(layer - 1))
                : new Prediction.None(Objects.requireNonNull(limit.obstacle()));
        Prediction activation = silent || coactivation.equals(new Prediction.None(GradientKernel.DEGENERATE))
                ? new Prediction.None(GradientKernel.DEGENERATE)
                : HALF;
        return new ActivityPredictions(
                new Predictions(paper(network, HALF), HALF, activation),
                new Predictions(paper(network, QUARTER), QUARTER, coactivation));
    }

    private static Prediction paper(NetworkSpec.Rectifier network, Prediction assumed) {
        return PaperTheorems.cover(network) ? assumed : new Prediction.None(PaperTheorems.OTHER_LAYER);
    }

    /**
     * Returns the prediction for a co-activation probability.
     *
     * <p>The kernel of a linear network is known even if a unit is always zero. The activity of such a unit is unknown,
     * and its probability is NaN.
     */
    private static Prediction predicted(double probability) {
        return Double.isNaN(probability)
                ? new Prediction.None(GradientKernel.DEGENERATE)
                : new Prediction.Value(probability);
    }

    /** Returns whether every pre-activation of the first layer is zero at some input, which only a grid can contain. */
    static boolean isSilent(NetworkSpec.Rectifier network, InputSpec inputs) {
        return network.firstBiasStd() == 0
                && inputs instanceof InputSpec.Grid grid
                && Arrays.stream(Inputs.of(grid)).anyMatch(x -> x[0] == 0);
    }
}
