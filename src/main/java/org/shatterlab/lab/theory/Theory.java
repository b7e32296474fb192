package org.shatterlab.lab.theory;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;

/** What the paper, its assumption and the limit of infinite width say about the gradients that are measured. */
public final class Theory {

    private static final String NOT_A_NETWORK = "Noise is a reference beside the networks, not a network.";

    private Theory() {}

    /**
     * Predicts the gradients of a network, at the cost of about 0.1 s for 256 points and 50 layers.
     *
     * @param depths numbers of rectifier layers, each at least 1
     * @return the predictions by depth
     */
    public static SortedMap<Integer, GradientPredictions> predict(
            NetworkSpec.Rectifier network, InputSpec inputs, Collection<Integer> depths) {
        var predictions = new TreeMap<Integer, GradientPredictions>();
        InfiniteWidth.predict(network, inputs, depths)
                .forEach((depth, infiniteWidth) -> predictions.put(
                        depth,
                        GradientPredictions.of(
                                PaperTheorems.predict(network, depth),
                                HalfActive.predict(network, depth),
                                infiniteWidth)));
        return predictions;
    }

    /**
     * The exact moments of noise, as the {@code derived} prediction. White noise has C = 1; brown noise, the sum of its
     * first i values, has C(i,j) = min(i,j): variance (M+1)/2 and a pooled correlation of 2/3 whatever M, since
     * sum_{i,j} min(i,j) = M (M+1) (2M+1) / 6.
     *
     * @param points M, at least 2
     */
    public static GradientPredictions noise(NetworkSpec.Noise noise, int points) {
        Moments exact = switch (noise.color()) {
            case WHITE -> Moments.of(1, 0);
            case BROWN -> Moments.of((points + 1) / 2.0, 2.0 / 3);
        };
        return GradientPredictions.of(Moments.none(NOT_A_NETWORK), exact, Moments.none(NOT_A_NETWORK));
    }
}
