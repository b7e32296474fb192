package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
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
     * @param x shape (M, d)
     * @return shape (M, N)
     */
    static NDArray start(NDArray x, NDArray first, NDArray bias) {
        return x.matMul(first).addi(bias);
    }

    /**
     * n_l(h_{l-1}). With one-dimensional inputs the first rectifier is not normalised: the bias would cancel and every
     * kink land on the mean of the batch.
     *
     * @param layer l, from 1
     * @param dimension d
     */
    static Normalized normalize(NDArray h, SampledNetwork network, int layer, long dimension) {
        Normalization normalization = layer == 1 && dimension == 1
                ? Normalization.NONE
                : network.spec().normalization();
        return RectifierLayer.normalize(h, normalization, network.spec().activation());
    }
}
