package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import org.shatterlab.lab.network.Coefficients;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.SampledNetwork;

/**
 * Carries the gradient of each output back through the layers, {@code g <- a g + b (g W_l^T) D_l}: the whole input gradient
 * of every example, for one depth per sweep.
 */
public final class AdjointPass {

    private AdjointPass() {}

    /**
     * The gradients of one output per input.
     *
     * @param hidden df_i / dh_0(x_i), shape (M, N)
     * @param input df_i / dx_i, shape (M, d)
     */
    public record Gradients(NDArray hidden, NDArray input) {}

    /**
     * The gradients of f = v . h_L with the network's readout of that depth.
     *
     * @param x the inputs, shape (M, d), of the network's type; the result lives with their manager
     * @param depth L, at least 1
     */
    public static Gradients gradients(SampledNetwork network, NDArray x, int depth) {
        NDManager result = x.getManager();
        Coefficients coefficients = network.spec().wiring().coefficients(depth);
        try (NDManager pass = result.newSubManager()) {
            NDArray first = network.first();
            first.attach(pass);
            Deque<NDArray> slopes = slopes(network, x, first, depth, pass);
            NDArray readout = network.readout(depth);
            readout.attach(pass);
            NDArray g = readout.reshape(1, network.spec().width())
                    .broadcast(new Shape(x.getShape().get(0), network.spec().width()));
            for (int layer = depth; layer >= 1; layer--) {
                try (NDManager scratch = pass.newSubManager();
                        NDArray slope = slopes.pop()) {
                    g.attach(scratch);
                    g = RectifierLayer.adjoint(coefficients, g, slope, network.hidden(layer));
                    g.attach(pass);
                }
            }
            NDArray input = g.matMul(first.transpose());
            g.attach(result);
            input.attach(result);
            return new Gradients(g, input);
        }
    }

    /** D_L on top, D_1 at the bottom: all that is kept of the way up. */
    private static Deque<NDArray> slopes(SampledNetwork network, NDArray x, NDArray first, int depth, NDManager pass) {
        Coefficients coefficients = network.spec().wiring().coefficients(depth);
        NDArray bias = network.firstBias();
        bias.attach(pass);
        NDArray h = ForwardPass.start(x, first, bias);
        h.attach(pass);
        Deque<NDArray> slopes = new ArrayDeque<>();
        for (int layer = 1; layer <= depth; layer++) {
            try (NDManager scratch = pass.newSubManager()) {
                h.attach(scratch);
                Normalized normalized =
                        ForwardPass.normalize(h, network, layer, x.getShape().get(1));
                NDArray slope = normalized.slope();
                slope.attach(pass);
                slopes.push(slope);
                h = RectifierLayer.join(coefficients, h, normalized.activation(), network.hidden(layer));
                h.attach(pass);
            }
        }
        return slopes;
    }
}
