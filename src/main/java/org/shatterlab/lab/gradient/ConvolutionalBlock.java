package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.network.ConvolutionalLayers;
import org.shatterlab.lab.network.ConvolutionalLayers.Normalizer;
import org.shatterlab.lab.network.SampledConvnet;

/**
 * A sampled convolutional network of one depth as a DJL block, for autograd: images of shape (M, d) to outputs f of shape
 * (M). Its weights are constants.
 */
final class ConvolutionalBlock extends OutputBlock {

    private final SampledConvnet network;
    private final int depth;
    private final Normalizer normalizer;
    private final NDArray readout;

    /**
     * @param depth L, even
     * @param normalizer with statistics that do not depend on the images of a call
     * @param manager what the readout lives with
     */
    ConvolutionalBlock(SampledConvnet network, int depth, Normalizer normalizer, NDManager manager) {
        this.network = network;
        this.depth = depth;
        this.normalizer = normalizer;
        this.readout = network.readout(depth);
        readout.attach(manager);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> parameters) {
        NDArray hidden = ConvolutionalLayers.hidden(network, inputs.singletonOrThrow(), depth, normalizer);
        return new NDList(ConvolutionalLayers.output(network, hidden, readout));
    }
}
