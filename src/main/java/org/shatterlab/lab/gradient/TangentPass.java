package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.shatterlab.lab.network.Coefficients;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.network.Wiring;

/**
 * Propagates a tangent t = dh beside the hidden states, {@code t_l = a t_{l-1} + b (D_l t_{l-1}) W_l}: one sweep to the
 * deepest network yields the gradient v . t_L at every depth L on the way.
 *
 * <p>The tangent starts as dh_0/dx = W_0 where the inputs have one dimension, otherwise as one random direction of the
 * neurons of h_0, the same for all inputs: v . t_L is then the derivative of the output with respect to that direction,
 * and its covariance over runs is that of the derivative with respect to a neuron (Definition 1 of the paper).
 */
public final class TangentPass {

    /** The axis of hidden states and tangents. */
    private static final int STATES = 1;

    private TangentPass() {}

    /** Sees what a sweep comes by. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called at each depth asked for.
         *
         * @param depth L
         * @param tangents t_L, shape (R, M, N), closed when the visit returns
         */
        void visit(int depth, NDArray tangents);

        /**
         * Called at each layer, before the depth that ends with it. A network whose layers depend on its depth is swept
         * once for each depth, from its first layer on.
         *
         * @param layer l, from 1
         * @param normalized of shape (R, K, M, N), closed after the layer
         */
        default void layer(int layer, Normalized normalized) {}
    }

    /**
     * Visits the tangents at each depth, in ascending order.
     *
     * @param x the inputs, shape (R, M, d) or, the same for all runs, (1, M, d), of the network's type
     * @param depths at least one, ascending, from 1
     */
    public static void sweep(SampledNetwork network, NDArray x, List<Integer> depths, Visitor visitor) {
        Wiring wiring = network.spec().wiring();
        if (wiring.dependsOnDepth()) {
            for (int depth : depths) {
                sweep(network, x, wiring.coefficients(depth), List.of(depth), visitor);
            }
        } else {
            sweep(network, x, wiring.coefficients(depths.getLast()), depths, visitor);
        }
    }

    private static void sweep(
            SampledNetwork network, NDArray x, Coefficients coefficients, List<Integer> depths, Visitor visitor) {
        try (NDManager pass = x.getManager().newSubManager()) {
            NDArray states = start(network, x, pass);
            int next = 0;
            for (int layer = 1; next < depths.size(); layer++) {
                NDArray before = states;
                states = step(network, coefficients, before, layer, visitor);
                before.close();
                if (depths.get(next) == layer) {
                    try (NDManager scratch = pass.newSubManager()) {
                        NDArray tangents = tangents(states);
                        tangents.attach(scratch);
                        visitor.visit(layer, tangents);
                    }
                    next++;
                }
            }
        }
    }

    private static NDArray step(
            SampledNetwork network, Coefficients coefficients, NDArray states, int layer, Visitor visitor) {
        Normalized normalized = ForwardPass.normalize(states, network, layer);
        NDArray branch;
        try (NDArray _ = normalized.slope()) {
            visitor.layer(layer, normalized);
            branch = normalized.branch();
        }
        try (branch) {
            return RectifierLayer.join(coefficients, states, branch, network.hidden(layer));
        }
    }

    /** h_0 and t_0, shape (R, 2, M, N). */
    private static NDArray start(SampledNetwork network, NDArray x, NDManager pass) {
        try (NDManager scratch = pass.newSubManager()) {
            NDArray first = network.first();
            first.attach(scratch);
            NDArray bias = network.firstBias();
            bias.attach(scratch);
            NDArray h = ForwardPass.start(x, first, bias);
            h.attach(scratch);
            NDArray direction = first;
            if (network.dimension() > 1) {
                direction = network.direction();
                direction.attach(scratch);
            }
            NDArray states = h.concat(direction.expandDims(1).broadcast(h.getShape()), STATES);
            states.attach(pass);
            return states;
        }
    }

    private static NDArray tangents(NDArray states) {
        NDList parts = states.split(2, STATES);
        try (NDArray _ = parts.getFirst();
                NDArray tangents = parts.getLast()) {
            return tangents.squeeze(STATES);
        }
    }
}
