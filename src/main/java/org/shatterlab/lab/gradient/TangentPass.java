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
 * Propagates a tangent t = dh beside the hidden states.
 *
 * <p>Each layer applies {@code t_l = a t_{l-1} + b (D_l t_{l-1}) W_l}. One sweep to the deepest network yields the
 * gradient v . t_L at every depth L on the way.
 *
 * <p>With one-dimensional inputs the tangent starts as dh_0/dx = W_0. Otherwise it starts as one random direction of
 * the neurons of h_0, which all inputs share. In that case v . t_L is the derivative of the output in that direction.
 * Its covariance over runs equals the covariance of the derivative with respect to a neuron (Definition 1 of the
 * paper).
 */
public final class TangentPass {

    private TangentPass() {}

    /** Receives the layers and tangents of a sweep. */
    @FunctionalInterface
    public interface TangentVisitor {
        /**
         * Receives the tangents at one of the requested depths.
         *
         * @param depth L
         * @param tangents t_L, shape (R, M, N), valid until the visit returns
         */
        void visit(int depth, NDArray tangents);

        /**
         * Receives the normalised pre-activations of one layer, before {@link #visit} at the depth of that layer.
         *
         * <p>If the layers of a network depend on its depth, the pass sweeps once per depth. Each sweep starts again at
         * layer 1.
         *
         * @param layer l, counted from 1
         * @param normalized valid until the method returns
         */
        default void layer(int layer, Normalized normalized) {}
    }

    /**
     * Computes the tangents at each depth, in ascending order.
     *
     * @param x the inputs in the network's data type, shape (R, M, d), or (1, M, d) if all runs share their inputs
     * @param depths one or more depths in ascending order, each at least 1
     * @throws UnmeasurableException if the hidden states leave the floating-point range
     */
    public static void sweep(SampledNetwork network, NDArray x, List<Integer> depths, TangentVisitor visitor) {
        if (network.spec().skipConnection().dependsOnDepth()) {
            for (int depth : depths) {
                sweep(network, x, network.layerFunction(depth), List.of(depth), visitor);
            }
        } else {
            sweep(network, x, network.layerFunction(depths.getLast()), depths, visitor);
        }
    }

    private static void sweep(
            SampledNetwork network, NDArray x, RectifierLayer function, List<Integer> depths, TangentVisitor visitor) {
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
     * The state of a sweep after layer l.
     *
     * @param hidden h_l, shape (R, M, N), or null after the last layer, which no layer follows
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
            TangentVisitor visitor) {
        NDArray h = Objects.requireNonNull(before.hidden());
        try (Normalized normalized = ForwardPass.normalize(function, h, network, layer)) {
            if (isLast) {
                ForwardPass.requireFinite(normalized, network, layer);
            }
            visitor.layer(layer, normalized);
            NDArray weight = normalized.scale(network.hiddenWeights(layer));
            if (isLast) {
                try (NDArray branch = normalized.multiplyBySlope(before.tangents())) {
                    return new States(null, function.join(before.tangents(), branch, weight));
                }
            }
            try (NDArray rectified = normalized.rectified()) {
                NDArray hidden = function.join(h, rectified, weight);
                try (NDArray branch = normalized.multiplyBySlope(before.tangents(), rectified)) {
                    return new States(hidden, function.join(before.tangents(), branch, weight));
                }
            }
        }
    }

    private static States start(SampledNetwork network, NDArray x, NDManager pass) {
        try (NDManager scratch = pass.newSubManager()) {
            NDArray first = network.firstWeights();
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
