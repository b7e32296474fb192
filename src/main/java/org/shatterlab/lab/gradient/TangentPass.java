package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.SampledNetwork;

/**
 * Propagates a tangent t = dh beside the hidden states, {@code t_l = a t_{l-1} + b (D_l t_{l-1}) W_l}: one sweep to the
 * deepest network yields the gradient v . t_L at every depth L on the way.
 *
 * <p>The tangent starts as dh_0/dx = W_0 where the inputs have one dimension, otherwise as one random direction of the
 * neurons of h_0, the same for all inputs: v . t_L is then the derivative of the output with respect to that direction,
 * and its covariance over runs is that of the derivative with respect to a neuron (Definition 1 of the paper).
 */
public final class TangentPass {

    private TangentPass() {}

    /** Sees what a sweep comes by. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called at each depth asked for.
         *
         * @param depth L
         * @param tangents t_L, shape (R, M, N), of use until the visit returns
         */
        void visit(int depth, NDArray tangents);

        /**
         * Called at each layer, before the depth that ends with it. A network whose layers depend on its depth is swept
         * once for each depth, from its first layer on.
         *
         * @param layer l, from 1
         * @param normalized closed after the layer
         */
        default void layer(int layer, Normalized normalized) {}
    }

    /**
     * Visits the tangents at each depth, in ascending order.
     *
     * @param x the inputs, shape (R, M, d) or, the same for all runs, (1, M, d), of the network's type
     * @param depths at least one, ascending, from 1
     * @throws UnmeasurableException where the hidden states leave the floating-point range
     */
    public static void sweep(SampledNetwork network, NDArray x, List<Integer> depths, Visitor visitor) {
        if (network.spec().skipConnection().dependsOnDepth()) {
            for (int depth : depths) {
                sweep(network, x, network.layerFunction(depth), List.of(depth), visitor);
            }
        } else {
            sweep(network, x, network.layerFunction(depths.getLast()), depths, visitor);
        }
    }

    private static void sweep(
            SampledNetwork network, NDArray x, RectifierLayer function, List<Integer> depths, Visitor visitor) {
        try (NDManager pass = x.getManager().newSubManager()) {
            States states = start(network, x, pass);
            int next = 0;
            for (int layer = 1; next < depths.size(); layer++) {
                States before = states;
                states = step(network, function, before, layer, layer == depths.getLast(), visitor);
                before.close();
                if (depths.get(next) == layer) {
                    visitor.visit(layer, states.tangents());
                    next++;
                }
            }
            states.close();
        }
    }

    /**
     * Where a sweep is.
     *
     * @param hidden h_l, shape (R, M, N); null where no layer follows
     * @param tangents t_l, shape (R, M, N)
     */
    private record States(@Nullable NDArray hidden, NDArray tangents) implements AutoCloseable {

        @Override
        public void close() {
            if (hidden != null) {
                hidden.close();
            }
            tangents.close();
        }
    }

    private static States step(
            SampledNetwork network,
            RectifierLayer function,
            States before,
            int layer,
            boolean isLast,
            Visitor visitor) {
        NDArray h = Objects.requireNonNull(before.hidden());
        try (Normalized normalized = ForwardPass.normalize(function, h, network, layer)) {
            if (isLast) {
                ForwardPass.requireFinite(normalized, network, layer);
            }
            visitor.layer(layer, normalized);
            NDArray weight = normalized.scale(network.hidden(layer));
            if (isLast) {
                try (NDArray branch = normalized.along(before.tangents())) {
                    return new States(null, function.join(before.tangents(), branch, weight));
                }
            }
            try (NDArray rectified = normalized.rectified()) {
                NDArray hidden = function.join(h, rectified, weight);
                try (NDArray branch = normalized.along(before.tangents(), rectified)) {
                    return new States(hidden, function.join(before.tangents(), branch, weight));
                }
            }
        }
    }

    private static States start(SampledNetwork network, NDArray x, NDManager pass) {
        try (NDManager scratch = pass.newSubManager()) {
            NDArray first = network.first();
            first.attach(scratch);
            NDArray bias = network.firstBias();
            bias.attach(scratch);
            NDArray h = ForwardPass.start(x, first, bias);
            h.attach(pass);
            NDArray direction = first;
            if (network.dimension() > 1) {
                direction = network.direction();
                direction.attach(scratch);
            }
            NDArray tangents = direction.broadcast(h.getShape());
            tangents.attach(pass);
            return new States(h, tangents);
        }
    }
}
