package org.shatterlab.lab.theory;

import java.util.Arrays;
import java.util.Objects;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;

/**
 * What is predicted for the activity of one layer. The paper assumes that each rectifier is active on half of the inputs
 * and co-active on a quarter of the pairs, whatever the layer. In the limit of infinite width a unit's pre-activations are
 * Gaussian of mean zero, so that the half is exact; of two with correlation cos(theta) both are active with the
 * probability (pi - theta) / (2 pi).
 *
 * @param activation of the statistic {@code activation-rate}
 * @param coactivation of the statistic {@code coactivation-rate}
 */
record ActivityPredictions(Predictions activation, Predictions coactivation) {

    private static final Prediction HALF = new Prediction.Value(0.5);
    private static final Prediction QUARTER = new Prediction.Value(0.25);

    /**
     * The predictions for a layer.
     *
     * @param limit of a network that has the layer
     * @param silent whether some input's pre-activation is zero whatever the weights
     * @param layer from 1
     */
    static ActivityPredictions of(NetworkSpec.Rectifier network, InfiniteWidth.Limit limit, boolean silent, int layer) {
        Prediction coactivation = layer <= limit.coactivation().size()
                ? known(limit.coactivation().get(layer - 1))
                : new Prediction.None(Objects.requireNonNull(limit.obstacle()));
        Prediction activation = silent || coactivation.equals(new Prediction.None(GradientKernel.DEGENERATE))
                ? new Prediction.None(GradientKernel.DEGENERATE)
                : HALF;
        return new ActivityPredictions(
                new Predictions(paper(network, HALF), HALF, activation),
                new Predictions(paper(network, QUARTER), QUARTER, coactivation));
    }

    private static Prediction paper(NetworkSpec.Rectifier network, Prediction assumed) {
        return PaperTheorems.areAbout(network) ? assumed : new Prediction.None(PaperTheorems.OTHER_LAYER);
    }

    /** A linear network goes on where a unit is always zero, but its activity there is not known. */
    private static Prediction known(double probability) {
        return Double.isNaN(probability)
                ? new Prediction.None(GradientKernel.DEGENERATE)
                : new Prediction.Value(probability);
    }

    /** Whether an input lies where every pre-activation of the first layer is zero, which happens on a grid alone. */
    static boolean isSilent(NetworkSpec.Rectifier network, InputSpec inputs) {
        return network.firstBiasStd() == 0
                && inputs instanceof InputSpec.Grid grid
                && Arrays.stream(Inputs.of(grid)).anyMatch(x -> x[0] == 0);
    }
}
