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
import org.shatterlab.lab.network.ConvolutionalLayers.Frozen;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.SampledConvnet;

/**
 * The gradients of a convolutional network's output f = v . (the mean of h_L over positions) with respect to each image. One
 * pass over the whole batch takes the statistics of every normalisation; then, with these as constants, the gradients of all
 * depths are carried back together, for a few images at a time, since the slopes of every layer are kept.
 */
public final class ConvolutionalPass {

    /** What is kept of the way up, where one image does not need more. */
    private static final long MAX_BYTES = 256L << 20;

    /** Gradients that are carried through a block at a time. */
    private static final int ARRAYS_FOR_EACH_DEPTH = 4;

    private static final int MAX_IMAGES = 32;

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
     * Visits the gradients at each depth.
     *
     * @param x images, shape (M, d), of the network's type
     * @param depths at least one, ascending, even
     */
    public static void sweep(SampledConvnet network, NDArray x, List<Integer> depths, Visitor visitor) {
        try (NDManager pass = x.getManager().newSubManager()) {
            List<Frozen> frozen = frozen(network, x, depths.getLast(), pass);
            NDArray gradients = gradients(
                    network,
                    x,
                    depths,
                    frozen,
                    images(network.spec(), network.images().side(), depths, network.type()));
            gradients.attach(pass);
            NDList parts = gradients.split(depths.size());
            for (int i = 0; i < parts.size(); i++) {
                visitor.visit(depths.get(parts.size() - 1 - i), parts.get(i).squeeze(0));
            }
        }
    }

    /** The normalisations of all layers, by layer from the first on. */
    static List<Frozen> frozen(SampledConvnet network, NDArray x, int depth, NDManager statistics) {
        List<Frozen> frozen = new ArrayList<>();
        try (NDManager scratch = statistics.newSubManager();
                NDArray batch = x.duplicate()) {
            batch.attach(scratch);
            ConvolutionalLayers.hidden(network, batch, depth, (_, h) -> {
                Cancellation.check();
                frozen.add(Frozen.of(h, network.spec().normalization(), statistics));
                return frozen.getLast().normalize(h);
            });
        }
        return frozen;
    }

    /**
     * The gradients at some depths, whose networks have the same layers, some images at a time.
     *
     * @return shape (D, M, d), the deepest first, living with x
     */
    static NDArray gradients(SampledConvnet network, NDArray x, List<Integer> depths, List<Frozen> frozen, int images) {
        try (NDManager scratch = x.getManager().newSubManager()) {
            NDList parts = new NDList();
            long all = x.getShape().get(0);
            for (long from = 0; from < all; from += images) {
                NDArray part = x.get(new NDIndex(from + ":" + Math.min(all, from + images)));
                part.attach(scratch);
                parts.add(gradients(network, part, depths, frozen));
            }
            NDArray gradients = NDArrays.concat(parts, 1);
            gradients.attach(x.getManager());
            return gradients;
        }
    }

    private static NDArray gradients(SampledConvnet network, NDArray x, List<Integer> depths, List<Frozen> frozen) {
        int deepest = depths.getLast();
        RectifierLayer function = network.layerFunction(deepest);
        try (NDManager pass = x.getManager().newSubManager()) {
            Deque<NDArray> slopes = slopes(network, x, deepest, frozen, pass);
            NDArray g = output(network, deepest, slopes.getFirst(), pass);
            for (int layer = deepest - 1; layer >= 1; layer -= 2) {
                Cancellation.check();
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
            NDArray gradients = ConvolutionalLayers.input(network, g)
                    .reshape(depths.size(), x.getShape().get(0), x.getShape().get(1));
            gradients.attach(x.getManager());
            return gradients;
        }
    }

    /** D_L on top, D_1 at the bottom: all that is kept of the way up. */
    private static Deque<NDArray> slopes(
            SampledConvnet network, NDArray x, int depth, List<Frozen> frozen, NDManager pass) {
        Deque<NDArray> slopes = new ArrayDeque<>();
        try (NDManager scratch = pass.newSubManager()) {
            NDArray images = x.duplicate();
            images.attach(scratch);
            ConvolutionalLayers.hidden(network, images, depth, (layer, h) -> {
                Cancellation.check();
                NDArray n = frozen.get(layer - 1).normalize(h);
                NDArray slope = frozen.get(layer - 1).slope(n);
                slope.attach(pass);
                slopes.push(slope);
                return n;
            });
        }
        return slopes;
    }

    /** df_i / dh_L(x_i) = v / the number of positions, at every position; shape (M, C, height, width). */
    private static NDArray output(SampledConvnet network, int depth, NDArray like, NDManager manager) {
        NDArray readout = network.readout(depth);
        readout.attach(manager);
        Shape shape = like.getShape();
        return readout.divi(shape.get(2) * shape.get(3))
                .reshape(1, shape.get(1), 1, 1)
                .broadcast(shape);
    }

    /**
     * How many images go back at a time.
     *
     * @param side of an image
     */
    public static int images(NetworkSpec.Convolutional spec, int side, List<Integer> depths, DataType type) {
        return Math.clamp((long) (MAX_BYTES / imageBytes(spec, side, depths, type)), 1, MAX_IMAGES);
    }

    /**
     * What goes back for one image: the slopes of all layers, and some arrays for each depth.
     *
     * @param side of the image
     */
    public static double imageBytes(NetworkSpec.Convolutional spec, int side, List<Integer> depths, DataType type) {
        return (double) (depths.getLast() + ARRAYS_FOR_EACH_DEPTH * depths.size())
                * spec.channels()
                * side
                * side
                * type.getNumOfBytes();
    }
}
