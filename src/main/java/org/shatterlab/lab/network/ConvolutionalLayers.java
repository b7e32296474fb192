package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.util.function.UnaryOperator;

/**
 * The layers of a convolutional network on arrays of shape (M, C, height, width), as {@link NetworkSpec.Convolutional}
 * defines them. Batch statistics are constants to every gradient, so they are taken beforehand, over the whole batch.
 */
public final class ConvolutionalLayers {

    private static final int[] INPUTS_AND_POSITIONS = {0, 2, 3};
    private static final int[] POSITIONS = {2};
    private static final Shape ONE = new Shape(1, 1);

    private ConvolutionalLayers() {}

    /** Normalises what comes into the rectifiers of a layer. */
    @FunctionalInterface
    public interface Normalizer {
        /**
         * n_l(h).
         *
         * @param layer l, from 1
         * @param h shape (M, C, height, width)
         */
        NDArray normalize(int layer, NDArray h);
    }

    /**
     * The normalisation of a batch, with its statistics frozen: each channel's, over inputs and positions.
     *
     * @param h the whole batch, shape (M, C, height, width)
     * @param manager what the statistics live with
     */
    public static UnaryOperator<NDArray> frozen(NDArray h, Normalization normalization, NDManager manager) {
        if (normalization == Normalization.NONE) {
            return UnaryOperator.identity();
        }
        NDArray mean = mean(h);
        mean.attach(manager);
        if (normalization == Normalization.MEAN_CENTERING) {
            return other -> other.sub(mean);
        }
        NDArray deviation = mean(h.sub(mean).square())
                .addi(RectifierLayer.BATCH_NORM_EPSILON)
                .sqrt();
        deviation.attach(manager);
        return other -> other.sub(mean).div(deviation);
    }

    private static NDArray mean(NDArray h) {
        Shape shape = h.getShape();
        double count = (double) shape.get(0) * shape.get(2) * shape.get(3);
        return h.sum(INPUTS_AND_POSITIONS, true).divi(count);
    }

    /**
     * h_L.
     *
     * @param x images, shape (M, d), of the network's type; the result lives with their manager
     * @param depth L, even
     * @return shape (M, C, height, width)
     */
    public static NDArray hidden(SampledConvnet network, NDArray x, int depth, Normalizer normalizer) {
        Coefficients coefficients = network.spec().wiring().coefficients(depth);
        long side = network.images().side();
        NDManager pass = x.getManager();
        NDArray h = convolve(x.reshape(x.getShape().get(0), network.images().channels(), side, side), network.stem());
        for (int layer = 1; layer < depth; layer += 2) {
            try (NDManager scratch = pass.newSubManager()) {
                h.attach(scratch);
                NDArray inner = convolve(rectify(normalizer.normalize(layer, h)), network.kernel(layer));
                NDArray branch = convolve(rectify(normalizer.normalize(layer + 1, inner)), network.kernel(layer + 1));
                h = RectifierLayer.add(coefficients, h, branch);
                h.attach(pass);
            }
        }
        return h;
    }

    /** f = v . (the mean of h_L over positions), shape (M). */
    public static NDArray output(SampledConvnet network, NDArray hidden, NDArray readout) {
        Shape shape = hidden.getShape();
        return hidden.reshape(shape.get(0), network.spec().channels(), -1)
                .mean(POSITIONS)
                .matMul(readout);
    }

    private static NDArray rectify(NDArray n) {
        return n.getNDArrayInternal().relu();
    }

    /** Zeros around the images keep their size. */
    private static NDArray convolve(NDArray h, NDArray kernel) {
        return Conv2d.conv2d(h, kernel, null, ONE, ONE, ONE, 1).singletonOrThrow();
    }
}
