package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.SampledNetwork;

/**
 * A DJL block for autograd that wraps a sampled network of one run and one depth.
 *
 * <p>The block maps inputs of shape (M, d) to outputs f of shape (M). It uses the same layer function as every other
 * pass. Unlike the other passes, it holds all weights at once, as parameters.
 */
final class RectifierBlock extends AbstractBlock {

    private final SampledNetwork network;
    private final RectifierLayer function;
    private final Parameter first;
    private final Parameter bias;
    private final List<Parameter> hidden = new ArrayList<>();
    private final Parameter readout;

    /**
     * Creates the block.
     *
     * @param depth L, at least 1
     * @param manager the manager that owns the parameters
     */
    RectifierBlock(SampledNetwork network, int depth, NDManager manager) {
        this.network = network;
        this.function = network.layerFunction(depth);
        this.first = parameter("first", network.firstWeights(), manager);
        this.bias = parameter("bias", network.firstBias(), manager);
        for (int layer = 1; layer <= depth; layer++) {
            hidden.add(parameter("hidden" + layer, network.hiddenWeights(layer).duplicate(), manager));
        }
        this.readout = parameter("readout", network.readout(depth), manager);
    }

    private Parameter parameter(String name, NDArray value, NDManager manager) {
        value.attach(manager);
        Parameter parameter = addParameter(Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.WEIGHT)
                .optRequiresGrad(false)
                .build());
        parameter.setArray(value);
        return parameter;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> parameters) {
        NDArray x = inputs.singletonOrThrow();
        NDArray h = ForwardPass.start(x.expandDims(0), first.getArray(), bias.getArray());
        for (int layer = 1; layer <= hidden.size(); layer++) {
            Normalized normalized = ForwardPass.normalize(function, h, network, layer);
            NDArray weight = normalized.scale(hidden.get(layer - 1).getArray().duplicate());
            h = function.join(h, normalized.rectified(), weight);
        }
        return new NDList(h.squeeze(0).matMul(readout.getArray().flatten()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0))};
    }
}
