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
     * @param x shape (R, M, d), or (1, M, d) where the inputs of all runs are the same
     * @return shape (R, M, N)
     */
    static NDArray start(NDArray x, NDArray first, NDArray bias) {
        return x.matMul(first).addi(bias);
    }

    /**
     * Prepares the rectifiers of a layer. With one-dimensional inputs the first rectifier is not normalised: the bias would
     * cancel and every kink land on the mean of the batch.
     *
     * @param h shape (R, M, N)
     * @param layer l, from 1
     */
    static Normalized normalize(NDArray h, SampledNetwork network, int layer) {
        Normalization normalization = layer == 1 && network.dimension() == 1
                ? Normalization.NONE
                : network.spec().normalization();
        return RectifierLayer.normalize(h, normalization, network.spec().activation());
    }
}
