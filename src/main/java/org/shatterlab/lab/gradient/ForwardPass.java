package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Locale;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.SampledNetwork;

/** What the passes share: how hidden states start and how each layer normalises them. */
final class ForwardPass {

    private ForwardPass() {}

    /**
     * h_0 = x W_0 + b_0.
     *
     * @param x shape (R, M, d), or (1, M, d) where the inputs of all runs are the same
     * @return shape (R, M, N)
     */
    static NDArray start(NDArray x, NDArray first, NDArray bias) {
        return x.matMul(first).addi(bias);
    }

    /**
     * Asked of the last layer of a sweep, since what has left the range does not come back: a rectifier is closed where its
     * hidden state is no number, so that the gradients beyond would be finite, and wrong.
     *
     * @throws UnmeasurableException where its hidden states are not finite
     */
    static void requireFinite(Normalized last, SampledNetwork network, int layer) {
        try (NDArray absolute = last.preActivations().abs();
                NDArray largest = absolute.max();
                NDArray exact = largest.toType(DataType.FLOAT64, true)) {
            if (!Double.isFinite(exact.getDouble())) {
                throw new UnmeasurableException("The hidden states at layer " + layer + " leave the range of "
                        + network.type().name().toLowerCase(Locale.ROOT) + ", so that there are no gradients. Ask for "
                        + "smaller depths, or for a normalization or a smaller alpha or beta, which keep the variance down"
                        + (network.type() == DataType.FLOAT32 ? ", or for \"precision\": \"float64\"." : "."));
            }
        }
    }

    /**
     * Prepares the rectifiers of a layer. With one-dimensional inputs the first rectifier is not normalised: the bias would
     * cancel and every kink land on the mean of the batch.
     *
     * @param function that of the network's layers
     * @param h shape (R, M, N)
     * @param layer l, from 1
     */
    static Normalized normalize(RectifierLayer function, NDArray h, SampledNetwork network, int layer) {
        Normalization normalization = layer == 1 && network.dimension() == 1
                ? Normalization.NONE
                : network.spec().normalization();
        return function.normalize(h, normalization);
    }
}
