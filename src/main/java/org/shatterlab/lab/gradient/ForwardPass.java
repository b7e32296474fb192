package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Locale;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.SampledNetwork;

/** Starts the hidden states and normalises them at each layer, for the tangent pass and the adjoint pass. */
final class ForwardPass {

    private ForwardPass() {}

    /**
     * Returns h_0 = x W_0 + b_0.
     *
     * @param x the inputs, shape (R, M, d), or (1, M, d) if all runs share their inputs
     * @param first W_0, shape (R, d, N)
     * @param bias b_0, shape (R, 1, N)
     * @return shape (R, M, N)
     */
    static NDArray start(NDArray x, NDArray first, NDArray bias) {
        return x.matMul(first).addi(bias);
    }

    /**
     * Rejects hidden states that left the floating-point range.
     *
     * <p>A rectifier counts a NaN as inactive, so the gradients behind it would be finite and wrong. A state that left
     * the range never returns to it. The check of a sweep's last layer therefore covers all layers.
     *
     * @param last the last layer of a sweep
     * @throws UnmeasurableException if a hidden state of the layer is not finite
     */
    static void requireFinite(Normalized last, SampledNetwork network, int layer) {
        try (NDArray absolute = last.preActivations().abs();
                NDArray largest = absolute.max();
                NDArray exact = largest.toType(DataType.FLOAT64, true)) {
            if (!Double.isFinite(exact.getDouble())) {
                throw new UnmeasurableException("The hidden states at layer " + layer + " leave the range of "
                        + network.type().name().toLowerCase(Locale.ROOT) + ", so no gradients can be measured."
                        + " To keep the variance down, use smaller depths, a normalization, or a smaller alpha or beta."
                        + (network.type() == DataType.FLOAT32 ? " \"precision\": \"float64\" has a wider range." : ""));
            }
        }
    }

    /**
     * Normalises the hidden states in front of the rectifiers of one layer.
     *
     * <p>With one-dimensional inputs the first rectifier is not normalised. Otherwise the bias would cancel and every
     * kink would lie at the mean of the batch.
     *
     * @param function the layer function of the network
     * @param h the hidden states, shape (R, M, N)
     * @param layer l, counted from 1
     */
    static Normalized normalize(RectifierLayer function, NDArray h, SampledNetwork network, int layer) {
        Normalization normalization = layer == 1 && network.dimension() == 1
                ? Normalization.NONE
                : network.spec().normalization();
        return function.normalize(h, normalization);
    }
}
