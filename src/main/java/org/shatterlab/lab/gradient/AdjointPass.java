package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.SampledNetwork;

/**
 * Computes the input gradient of every example by carrying each output's gradient back through the layers.
 *
 * <p>Each layer applies {@code g <- a g + b (g W_l^T) D_l}. One sweep serves the outputs of all depths. The output of
 * depth L enters the sweep at layer L.
 */
public final class AdjointPass {

    private static final int DEPTH_AXIS = 1;

    private AdjointPass() {}

    /**
     * The gradients of the outputs at D depths.
     *
     * @param hidden df_i / dh_0(x_i), shape (R, D, M, N), with the deepest network first
     * @param input df_i / dx_i, shape (R, D, M, d), with the deepest network first
     */
    public record Gradients(NDArray hidden, NDArray input) {}

    /** Receives the input gradients of each depth. */
    @FunctionalInterface
    public interface InputGradientVisitor {
        /**
         * Receives the gradients at one of the requested depths.
         *
         * @param depth L
         * @param gradients df_i / dx_i, shape (R, M, d), which the pass closes when the visit returns
         */
        void visit(int depth, NDArray gradients);
    }

    /**
     * Computes the input gradients of f = v . h_L at each depth L, with the network's readout v of that depth.
     *
     * @param x the inputs in the network's data type, shape (R, M, d), or (1, M, d) if all runs share their inputs
     * @param depths one or more depths in ascending order, each at least 1
     * @throws UnmeasurableException if the hidden states leave the floating-point range
     */
    public static void sweep(SampledNetwork network, NDArray x, List<Integer> depths, InputGradientVisitor visitor) {
        List<List<Integer>> sweeps = network.spec().skipConnection().dependsOnDepth()
                ? depths.stream().map(List::of).toList()
                : List.of(depths);
        for (List<Integer> sweptDepths : sweeps) {
            Gradients gradients = gradients(network, x, sweptDepths);
            try (NDManager scratch = x.getManager().newSubManager()) {
                gradients.hidden().attach(scratch);
                gradients.input().attach(scratch);
                NDList byDepth = gradients.input().split(sweptDepths.size(), DEPTH_AXIS);
                for (int i = 0; i < byDepth.size(); i++) {
                    visitor.visit(
                            sweptDepths.get(byDepth.size() - 1 - i),
                            byDepth.get(i).squeeze(DEPTH_AXIS));
                }
            }
        }
    }

    /**
     * Computes the gradients at several depths whose networks have the same layers.
     *
     * @param x the inputs, as in {@link #sweep}
     * @return arrays that belong to the manager of {@code x}
     */
    static Gradients gradients(SampledNetwork network, NDArray x, List<Integer> depths) {
        NDManager result = x.getManager();
        int deepest = depths.getLast();
        RectifierLayer function = network.layerFunction(deepest);
        try (NDManager pass = result.newSubManager()) {
            NDArray first = network.firstWeights();
            first.attach(pass);
            Deque<LayerState> states = layerStates(network, function, x, first, deepest, pass);
            long points = x.getShape().get(1);
            NDArray g = output(network, deepest, points, pass);
            for (int layer = deepest; layer >= 1; layer--) {
                try (NDManager scratch = pass.newSubManager();
                        LayerState state = states.pop()) {
                    g.attach(scratch);
                    if (layer < deepest && depths.contains(layer)) {
                        g = g.concat(output(network, layer, points, scratch), DEPTH_AXIS);
                    }
                    NDArray weight = state.normalized().scale(network.hiddenWeights(layer));
                    g = function.adjoint(g, state.slope(), weight);
                    g.attach(pass);
                }
            }
            NDArray input = throughFirstLayer(g, first.swapAxes(1, 2));
            g.attach(result);
            input.attach(result);
            return new Gradients(g, input);
        }
    }

    /**
     * Returns g W_0^T.
     *
     * <p>With several runs, a broadcast product would copy the weights for each depth. All depths therefore share one
     * product per run. With one run the engine copies nothing, and one shared product would round differently.
     *
     * @param g shape (R, D, M, N)
     * @param transposed W_0^T, shape (R, N, d)
     * @return shape (R, D, M, d)
     */
    private static NDArray throughFirstLayer(NDArray g, NDArray transposed) {
        Shape shape = g.getShape();
        if (shape.get(0) == 1) {
            return g.matMul(transposed.expandDims(DEPTH_AXIS));
        }
        return g.reshape(shape.get(0), -1, shape.tail())
                .matMul(transposed)
                .reshape(shape.get(0), shape.get(1), shape.get(2), -1);
    }

    /** Returns df_i / dh_L(x_i) = v, shape (R, 1, M, N). */
    private static NDArray output(SampledNetwork network, int depth, long points, NDManager manager) {
        NDArray readout = network.readout(depth);
        readout.attach(manager);
        long runs = readout.getShape().get(0);
        long width = network.spec().width();
        return readout.reshape(runs, 1, 1, width).broadcast(new Shape(runs, 1, points, width));
    }

    /**
     * The arrays of one layer that the forward pass keeps for the backward pass.
     *
     * @param slope D_l
     * @param normalized holds the standard deviations that divide the layer's weights; its pre-activations are closed
     */
    private record LayerState(NDArray slope, Normalized normalized) implements AutoCloseable {

        @Override
        public void close() {
            slope.close();
            normalized.close();
        }
    }

    /** Runs the forward pass and returns a stack with layer L on top and layer 1 at the bottom. */
    private static Deque<LayerState> layerStates(
            SampledNetwork network, RectifierLayer function, NDArray x, NDArray first, int depth, NDManager pass) {
        NDArray bias = network.firstBias();
        bias.attach(pass);
        NDArray h = ForwardPass.start(x, first, bias);
        h.attach(pass);
        Deque<LayerState> states = new ArrayDeque<>();
        for (int layer = 1; layer <= depth; layer++) {
            NDArray before = h;
            Normalized normalized = ForwardPass.normalize(function, before, network, layer);
            if (layer == depth) {
                ForwardPass.requireFinite(normalized, network, layer);
            }
            states.push(new LayerState(normalized.slope(), normalized));
            if (layer < depth) {
                try (NDArray branch = normalized.rectified()) {
                    h = function.join(before, branch, normalized.scale(network.hiddenWeights(layer)));
                }
            }
            before.close();
        }
        return states;
    }
}
