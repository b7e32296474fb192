package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a convolutional network on arrays of shape (M, C, height, width), as {@link NetworkSpec.Convolutional}
 * defines them. Batch statistics are constants to every gradient, so they are taken beforehand, over the whole batch.
 */
public final class ConvolutionalLayers {

    private static final int[] INPUTS_AND_POSITIONS = {0, 2, 3};
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
     * @param mean shape (1, C, 1, 1); null where nothing is subtracted
     * @param deviation the same; null where nothing is divided by
     */
    public record Frozen(@Nullable NDArray mean, @Nullable NDArray deviation) {

        /**
         * That of a batch.
         *
         * @param h the whole batch, shape (M, C, height, width)
         * @param manager what the statistics live with
         */
        public static Frozen of(NDArray h, Normalization normalization, NDManager manager) {
            if (normalization == Normalization.NONE) {
                return new Frozen(null, null);
            }
            NDArray mean = ConvolutionalLayers.mean(h);
            mean.attach(manager);
            if (normalization == Normalization.MEAN_CENTERING) {
                return new Frozen(mean, null);
            }
            try (NDArray centred = h.sub(mean);
                    NDArray squares = centred.square()) {
                NDArray deviation = ConvolutionalLayers.mean(squares)
                        .addi(RectifierLayer.BATCH_NORM_EPSILON)
                        .sqrt();
                deviation.attach(manager);
                return new Frozen(mean, deviation);
            }
        }

        /** n(h), of any images. */
        public NDArray normalize(NDArray h) {
            NDArray centred = mean == null ? h : h.sub(mean);
            return deviation == null ? centred : centred.divi(deviation);
        }

        /** d rho(n) / dh, a new array. */
        public NDArray slope(NDArray n) {
            NDArray gate = RectifierLayer.gate(n);
            return deviation == null ? gate : gate.divi(deviation);
        }
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
        RectifierLayer function = network.layerFunction(depth);
        long side = network.images().side();
        NDManager pass = x.getManager();
        NDArray h = convolve(x.reshape(x.getShape().get(0), network.images().channels(), side, side), network.stem());
        for (int layer = 1; layer < depth; layer += 2) {
            try (NDManager scratch = pass.newSubManager()) {
                h.attach(scratch);
                NDArray inner = convolve(normalizer, h, network, layer);
                NDArray branch = convolve(normalizer, inner, network, layer + 1);
                h = function.add(h, branch);
                h.attach(pass);
            }
        }
        return h;
    }

    /**
     * The adjoint of a residual block through both rectifiers: a g + b D_1 (K_1^T (D_2 (K_2^T g))).
     *
     * @param layer the first of the block's two, odd
     * @param gradients g, shape (D M, C, height, width), of D outputs for each input
     * @param firstSlope D_1, shape (M, C, height, width)
     * @param secondSlope D_2, of the same shape
     */
    public static NDArray adjoint(
            SampledConvnet network,
            RectifierLayer function,
            int layer,
            NDArray gradients,
            NDArray firstSlope,
            NDArray secondSlope) {
        NDArray inner = gate(transposed(gradients, network.kernel(layer + 1)), secondSlope);
        NDArray branch = gate(transposed(inner, network.kernel(layer)), firstSlope);
        return function.add(gradients, branch);
    }

    /** Multiplies the gradients of each output with the same slopes. */
    private static NDArray gate(NDArray gradients, NDArray slope) {
        Shape shape = gradients.getShape();
        Shape one = slope.getShape();
        return gradients
                .reshape(-1, one.get(0), one.get(1), one.get(2), one.get(3))
                .muli(slope)
                .reshape(shape);
    }

    /** The adjoint of the first convolution: shape (D M, C, height, width) to (D M, c, height, width). */
    public static NDArray input(SampledConvnet network, NDArray gradients) {
        return transposed(gradients, network.stem());
    }

    /** Convolves with the kernel turned around, from its outputs to its inputs. */
    private static NDArray transposed(NDArray gradients, NDArray kernel) {
        try (NDArray swapped = kernel.swapAxes(0, 1);
                NDArray turned = swapped.flip(2, 3)) {
            return convolve(gradients, turned);
        }
    }

    /** Through the rectifiers of a layer and its kernel. */
    private static NDArray convolve(Normalizer normalizer, NDArray h, SampledConvnet network, int layer) {
        try (NDArray rectified =
                normalizer.normalize(layer, h).getNDArrayInternal().relu()) {
            return convolve(rectified, network.kernel(layer));
        }
    }

    /**
     * Zeros around the images keep their size.
     *
     * @param h shape (M, c, height, width)
     * @param kernel shape (C, c, 3, 3)
     */
    public static NDArray convolve(NDArray h, NDArray kernel) {
        return Conv2d.conv2d(h, kernel, null, ONE, ONE, ONE, 1).singletonOrThrow();
    }
}
