package org.shatterlab.lab.gradient;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.shatterlab.lab.engine.Cancellation;
import org.shatterlab.lab.network.ConvolutionalLayers;
import org.shatterlab.lab.network.ConvolutionalLayers.FrozenNormalization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.SampledConvnet;

/**
 * Computes the gradient of a convolutional network's output with respect to each image.
 *
 * <p>The output is f = v . (the mean of h_L over positions). One forward pass over the whole batch computes the
 * statistics of every normalisation. The backward pass treats these statistics as constants and carries the gradients
 * of all depths back together. It keeps the slopes of every layer, so it takes only a few images at a time.
 */
public final class ConvolutionalPass {

    /** The memory for the backward pass, in bytes. One image may need more. */
    private static final long MAX_BYTES = 256L << 20;

    /** The number of gradient arrays that exist at a time while a block is carried back, for each depth. */
    private static final int ARRAYS_PER_DEPTH = 4;

    private static final int MAX_IMAGES = 32;

    private ConvolutionalPass() {}

    /** Receives the input gradients of each depth. */
    @FunctionalInterface
    public interface ImageGradientVisitor {
        /**
         * Receives the gradients at one of the requested depths.
         *
         * @param depth L
         * @param gradients df_i / dx_i, shape (M, d), which the pass closes when the visit returns
         */
        void visit(int depth, NDArray gradients);
    }

    /**
     * Computes the input gradients at each depth.
     *
     * @param x the images in the network's data type, shape (M, d)
     * @param depths one or more even depths in ascending order
     */
    public static void sweep(SampledConvnet network, NDArray x, List<Integer> depths, ImageGradientVisitor visitor) {
        try (NDManager pass = x.getManager().newSubManager()) {
            List<FrozenNormalization> frozen = frozen(network, x, depths.getLast(), pass);
            NDArray gradients = gradients(
                    network,
                    x,
                    depths,
                    frozen,
                    images(network.spec(), network.images().side(), depths, network.type()));
            gradients.attach(pass);
            NDList byDepth = gradients.split(depths.size());
            for (int i = 0; i < byDepth.size(); i++) {
                visitor.visit(depths.get(byDepth.size() - 1 - i), byDepth.get(i).squeeze(0));
            }
        }
    }

    /** Returns the frozen normalisation of each layer up to {@code depth}, the first layer first. */
    static List<FrozenNormalization> frozen(SampledConvnet network, NDArray x, int depth, NDManager statistics) {
        List<FrozenNormalization> frozen = new ArrayList<>();
        try (NDManager scratch = statistics.newSubManager();
                NDArray batch = x.duplicate()) {
            batch.attach(scratch);
            ConvolutionalLayers.hiddenStates(network, batch, depth, (_, h) -> {
                Cancellation.throwIfCancelled();
                frozen.add(FrozenNormalization.of(h, network.spec().normalization(), statistics));
                return frozen.getLast().normalize(h);
            });
        }
        return frozen;
    }

    /**
     * Computes the gradients at several depths whose networks have the same layers.
     *
     * @param images the number of images in one backward pass
     * @return shape (D, M, d), the deepest network first; the array belongs to the manager of {@code x}
     */
    static NDArray gradients(
            SampledConvnet network, NDArray x, List<Integer> depths, List<FrozenNormalization> frozen, int images) {
        try (NDManager scratch = x.getManager().newSubManager()) {
            NDList gradientsOfBatches = new NDList();
            long all = x.getShape().get(0);
            for (long from = 0; from < all; from += images) {
                NDArray batch = x.get(new NDIndex(from + ":" + Math.min(all, from + images)));
                batch.attach(scratch);
                gradientsOfBatches.add(gradients(network, batch, depths, frozen));
            }
            NDArray gradients = NDArrays.concat(gradientsOfBatches, 1);
            gradients.attach(x.getManager());
            return gradients;
        }
    }

    private static NDArray gradients(
            SampledConvnet network, NDArray x, List<Integer> depths, List<FrozenNormalization> frozen) {
        int deepest = depths.getLast();
        RectifierLayer function = network.layerFunction(deepest);
        try (NDManager pass = x.getManager().newSubManager()) {
            Deque<NDArray> slopes = slopes(network, x, deepest, frozen, pass);
            NDArray g = output(network, deepest, slopes.getFirst(), pass);
            for (int layer = deepest - 1; layer >= 1; layer -= 2) {
                Cancellation.throwIfCancelled();
                try (NDManager scratch = pass.newSubManager();
                        NDArray second = slopes.pop();
                        NDArray first = slopes.pop()) {
                    g.attach(scratch);
                    if (layer + 1 < deepest && depths.contains(layer + 1)) {
                        g = g.concat(output(network, layer + 1, second, scratch));
                    }
                    g = ConvolutionalLayers.adjoint(network, function, layer, g, first, second);
                    g.attach(pass);
                }
            }
            NDArray gradients = ConvolutionalLayers.inputGradients(network, g)
                    .reshape(depths.size(), x.getShape().get(0), x.getShape().get(1));
            gradients.attach(x.getManager());
            return gradients;
        }
    }

    /** Runs the forward pass and returns the slopes as a stack with D_L on top and D_1 at the bottom. */
    private static Deque<NDArray> slopes(
            SampledConvnet network, NDArray x, int depth, List<FrozenNormalization> frozen, NDManager pass) {
        Deque<NDArray> slopes = new ArrayDeque<>();
        try (NDManager scratch = pass.newSubManager()) {
            NDArray images = x.duplicate();
            images.attach(scratch);
            ConvolutionalLayers.hiddenStates(network, images, depth, (layer, h) -> {
                Cancellation.throwIfCancelled();
                NDArray n = frozen.get(layer - 1).normalize(h);
                NDArray slope = frozen.get(layer - 1).slope(n);
                slope.attach(pass);
                slopes.push(slope);
                return n;
            });
        }
        return slopes;
    }

    /**
     * Returns df_i / dh_L(x_i), which is v divided by the number of positions at every position.
     *
     * @param like an array of the shape of the result, (M, C, height, width)
     */
    private static NDArray output(SampledConvnet network, int depth, NDArray like, NDManager manager) {
        NDArray readout = network.readout(depth);
        readout.attach(manager);
        Shape shape = like.getShape();
        return readout.divi(shape.get(2) * shape.get(3))
                .reshape(1, shape.get(1), 1, 1)
                .broadcast(shape);
    }

    /**
     * Returns the number of images in one backward pass.
     *
     * @param side the height and width of an image in pixels
     */
    public static int images(NetworkSpec.Convolutional spec, int side, List<Integer> depths, DataType type) {
        return Math.clamp((long) (MAX_BYTES / bytesPerImage(spec, side, depths, type)), 1, MAX_IMAGES);
    }

    /**
     * Returns the memory of the backward pass for one image, in bytes: the slopes of all layers and the gradient
     * arrays.
     *
     * @param side the height and width of an image in pixels
     */
    public static double bytesPerImage(NetworkSpec.Convolutional spec, int side, List<Integer> depths, DataType type) {
        return (double) (depths.getLast() + ARRAYS_PER_DEPTH * depths.size())
                * spec.channels()
                * side
                * side
                * type.getNumOfBytes();
    }
}
