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
 * Carries the gradient of each output back through the layers, {@code g <- a g + b (g W_l^T) D_l}: the whole input gradient
 * of every example. One sweep does so for the outputs of all depths, each of which joins it on its own layer.
 */
public final class AdjointPass {

    /** The axis of depths. */
    private static final int DEPTHS = 1;

    private AdjointPass() {}

    /**
     * The gradients of one output per input and depth, D depths.
     *
     * @param hidden df_i / dh_0(x_i), shape (R, D, M, N), the deepest first
     * @param input df_i / dx_i, shape (R, D, M, d)
     */
    public record Gradients(NDArray hidden, NDArray input) {}

    /** Takes the input gradients of each depth. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called at each depth asked for.
         *
         * @param depth L
         * @param gradients df_i / dx_i, shape (R, M, d), closed when the visit returns
         */
        void visit(int depth, NDArray gradients);
    }

    /**
     * Visits the input gradients of f = v . h_L with the network's readout of each depth.
     *
     * @param x the inputs, shape (R, M, d) or, the same for all runs, (1, M, d), of the network's type
     * @param depths at least one, ascending, from 1
     * @throws UnmeasurableException where the hidden states leave the floating-point range
     */
    public static void sweep(SampledNetwork network, NDArray x, List<Integer> depths, Visitor visitor) {
        List<List<Integer>> sweeps = network.spec().skipConnection().dependsOnDepth()
                ? depths.stream().map(List::of).toList()
                : List.of(depths);
        for (List<Integer> together : sweeps) {
            Gradients gradients = gradients(network, x, together);
            try (NDManager scratch = x.getManager().newSubManager()) {
                gradients.hidden().attach(scratch);
                gradients.input().attach(scratch);
                NDList parts = gradients.input().split(together.size(), DEPTHS);
                for (int i = 0; i < parts.size(); i++) {
                    visitor.visit(
                            together.get(parts.size() - 1 - i), parts.get(i).squeeze(DEPTHS));
                }
            }
        }
    }

    /**
     * The gradients of some depths, whose networks have the same layers.
     *
     * @param x the inputs, as in {@link #sweep}; the result lives with their manager
     */
    static Gradients gradients(SampledNetwork network, NDArray x, List<Integer> depths) {
        NDManager result = x.getManager();
        int deepest = depths.getLast();
        RectifierLayer function = network.layerFunction(deepest);
        try (NDManager pass = result.newSubManager()) {
            NDArray first = network.first();
            first.attach(pass);
            Deque<Rectifiers> rectifiers = rectifiers(network, function, x, first, deepest, pass);
            long points = x.getShape().get(1);
            NDArray g = output(network, deepest, points, pass);
            for (int layer = deepest; layer >= 1; layer--) {
                try (NDManager scratch = pass.newSubManager();
                        Rectifiers ofLayer = rectifiers.pop()) {
                    g.attach(scratch);
                    if (layer < deepest && depths.contains(layer)) {
                        g = g.concat(output(network, layer, points, scratch), DEPTHS);
                    }
                    NDArray weight = ofLayer.normalized().scale(network.hidden(layer));
                    g = function.adjoint(g, ofLayer.slope(), weight);
                    g.attach(pass);
                }
            }
            NDArray input = throughFirst(g, first.swapAxes(1, 2));
            g.attach(result);
            input.attach(result);
            return new Gradients(g, input);
        }
    }

    /**
     * g W_0^T. Of several runs the weights would be copied for each depth, were they not one product for all of them; of one
     * run they are not, and one product would be rounded otherwise.
     *
     * @param g shape (R, D, M, N)
     * @param transposed W_0^T, shape (R, N, d)
     */
    private static NDArray throughFirst(NDArray g, NDArray transposed) {
        Shape shape = g.getShape();
        if (shape.get(0) == 1) {
            return g.matMul(transposed.expandDims(DEPTHS));
        }
        return g.reshape(shape.get(0), -1, shape.tail())
                .matMul(transposed)
                .reshape(shape.get(0), shape.get(1), shape.get(2), -1);
    }

    /** df_i / dh_L(x_i) = v, shape (R, 1, M, N). */
    private static NDArray output(SampledNetwork network, int depth, long points, NDManager manager) {
        NDArray readout = network.readout(depth);
        readout.attach(manager);
        long runs = readout.getShape().get(0);
        long width = network.spec().width();
        return readout.reshape(runs, 1, 1, width).broadcast(new Shape(runs, 1, points, width));
    }

    /**
     * What is kept of a layer on the way up.
     *
     * @param slope D_l
     * @param normalized with the deviations of the layer's weights; its pre-activations are closed
     */
    private record Rectifiers(NDArray slope, Normalized normalized) implements AutoCloseable {

        @Override
        public void close() {
            slope.close();
            normalized.close();
        }
    }

    /** Those of layer L on top, of layer 1 at the bottom. */
    private static Deque<Rectifiers> rectifiers(
            SampledNetwork network, RectifierLayer function, NDArray x, NDArray first, int depth, NDManager pass) {
        NDArray bias = network.firstBias();
        bias.attach(pass);
        NDArray h = ForwardPass.start(x, first, bias);
        h.attach(pass);
        Deque<Rectifiers> rectifiers = new ArrayDeque<>();
        for (int layer = 1; layer <= depth; layer++) {
            NDArray before = h;
            Normalized normalized = ForwardPass.normalize(function, before, network, layer);
            if (layer == depth) {
                ForwardPass.requireFinite(normalized, network, layer);
            }
            rectifiers.push(new Rectifiers(normalized.slope(), normalized));
            if (layer < depth) {
                try (NDArray branch = normalized.rectified()) {
                    h = function.join(before, branch, normalized.scale(network.hidden(layer)));
                }
            }
            before.close();
        }
        return rectifiers;
    }
}
