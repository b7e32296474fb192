package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.shatterlab.lab.Stopping;
import org.shatterlab.lab.network.ConvolutionalLayers;
import org.shatterlab.lab.network.SampledConvnet;

/**
 * The gradients of a convolutional network's output with respect to each image. One pass over the whole batch takes the
 * statistics of every normalisation; then, with these as constants, the engine differentiates a few images at a time, since
 * it keeps what it needs of every layer.
 */
public final class ConvolutionalPass {

    /** What the engine may keep for one differentiation. */
    public static final long MOST_BYTES = 256L << 20;

    /** Arrays of the size of a hidden state that it keeps for each convolution. */
    private static final int ARRAYS_KEPT = 2;

    private static final int MOST_IMAGES = 32;

    private ConvolutionalPass() {}

    /** Sees the gradients at one depth. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called at each depth asked for.
         *
         * @param depth L
         * @param gradients df_i / dx_i, shape (M, d), closed when the visit returns
         */
        void visit(int depth, NDArray gradients);
    }

    /**
     * Visits the gradients at each depth, in ascending order.
     *
     * @param x images, shape (M, d), of the network's type
     * @param depths at least one, ascending, even
     */
    public static void sweep(SampledConvnet network, NDArray x, List<Integer> depths, Visitor visitor) {
        try (NDManager pass = x.getManager().newSubManager()) {
            List<UnaryOperator<NDArray>> frozen = frozen(network, x, depths.getLast(), pass);
            for (int depth : depths) {
                try (NDManager scratch = pass.newSubManager()) {
                    NDArray gradients = gradients(network, x, depth, frozen, images(network, depth));
                    gradients.attach(scratch);
                    visitor.visit(depth, gradients);
                }
            }
        }
    }

    /** The normalisations of all layers, by layer from the first on. */
    static List<UnaryOperator<NDArray>> frozen(SampledConvnet network, NDArray x, int depth, NDManager statistics) {
        List<UnaryOperator<NDArray>> frozen = new ArrayList<>();
        try (NDManager scratch = statistics.newSubManager();
                NDArray batch = x.duplicate()) {
            batch.attach(scratch);
            ConvolutionalLayers.hidden(network, batch, depth, (_, h) -> {
                Stopping.check();
                frozen.add(ConvolutionalLayers.frozen(h, network.spec().normalization(), statistics));
                return frozen.getLast().apply(h);
            });
        }
        return frozen;
    }

    /**
     * The gradients at one depth, some images at a time.
     *
     * @return shape (M, d), living with x
     */
    static NDArray gradients(
            SampledConvnet network, NDArray x, int depth, List<UnaryOperator<NDArray>> frozen, int images) {
        try (NDManager scratch = x.getManager().newSubManager()) {
            ConvolutionalBlock block = new ConvolutionalBlock(
                    network, depth, (layer, h) -> frozen.get(layer - 1).apply(h), scratch);
            NDList parts = new NDList();
            long all = x.getShape().get(0);
            for (long from = 0; from < all; from += images) {
                Stopping.check();
                NDArray part = x.get(new NDIndex(from + ":" + Math.min(all, from + images)));
                part.attach(scratch);
                parts.add(Autograd.inputGradients(block, part));
            }
            NDArray gradients = NDArrays.concat(parts);
            gradients.attach(x.getManager());
            return gradients;
        }
    }

    /** How many images are differentiated at a time. */
    private static int images(SampledConvnet network, int depth) {
        int side = network.images().side();
        double bytes = (double) ARRAYS_KEPT
                * depth
                * network.spec().channels()
                * side
                * side
                * network.type().getNumOfBytes();
        return Math.clamp((long) (MOST_BYTES / bytes), 1, MOST_IMAGES);
    }
}
