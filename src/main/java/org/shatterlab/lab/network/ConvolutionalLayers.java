package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import org.jspecify.annotations.Nullable;

/**
 * Computes the layers of a convolutional network, which {@link NetworkSpec.Convolutional} defines. Arrays have shape
 * (M, C, height, width).
 *
 * <p>Gradients treat batch statistics as constants. Therefore a pass over the whole batch computes the statistics
 * first.
 */
public final class ConvolutionalLayers {

    private static final int[] INPUTS_AND_POSITIONS = {0, 2, 3};
    private static final Shape ONE = new Shape(1, 1);

    private ConvolutionalLayers() {}

    /** Normalises the inputs of a layer's rectifiers. */
    @FunctionalInterface
    public interface Normalizer {
        /**
         * Returns n_l(h).
         *
         * @param layer l, from 1
         * @param h shape (M, C, height, width)
         */
        NDArray normalize(int layer, NDArray h);
    }

    /**
     * A normalisation with frozen statistics. Each channel has its own statistics over the batch's inputs and
     * positions.
     *
     * @param mean shape (1, C, 1, 1); null if the normalisation subtracts nothing
     * @param deviation the standard deviation, shape (1, C, 1, 1); null if the normalisation divides by nothing
     */
    public record FrozenNormalization(
            @Nullable NDArray mean, @Nullable NDArray deviation) {

        /**
         * Computes the statistics of a batch.
         *
         * @param h the whole batch, shape (M, C, height, width)
         * @param manager the manager that closes the statistics
         */
        public static FrozenNormalization of(NDArray h, Normalization normalization, NDManager manager) {
            if (normalization == Normalization.NONE) {
                return new FrozenNormalization(null, null);
            }
            NDArray mean = ConvolutionalLayers.mean(h);
            mean.attach(manager);
            if (normalization == Normalization.MEAN_CENTERING) {
                return new FrozenNormalization(mean, null);
            }
            try (NDArray centred = h.sub(mean);
                    NDArray squares = centred.square()) {
                NDArray variance = ConvolutionalLayers.mean(squares);
                try (NDArray offset = RectifierLayer.zeroOrNan(variance)) {
                    NDArray deviation = variance.addi(offset.addi(RectifierLayer.BATCH_NORM_EPSILON))
                            .sqrt();
                    deviation.attach(manager);
                    return new FrozenNormalization(mean, deviation);
                }
            }
        }

        /** Returns n(h) for the hidden states h of any images. Without a normalisation, the result is h itself. */
        public NDArray normalize(NDArray h) {
            NDArray centred = mean == null ? h : h.sub(mean);
            return deviation == null ? centred : centred.divi(deviation);
        }

        /** Returns d rho(n) / dh as a new array. */
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
     * Computes the hidden states h_L of images.
     *
     * @param x images, shape (M, d), of the network's type; their manager also closes the result
     * @param depth L, even
     * @return shape (M, C, height, width)
     */
    public static NDArray hiddenStates(SampledConvnet network, NDArray x, int depth, Normalizer normalizer) {
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
     * Computes the adjoint of a residual block through both rectifiers: a g + b D_1 (K_1^T (D_2 (K_2^T g))).
     *
     * @param layer the first of the block's two layers, odd
     * @param gradients g, shape (D M, C, height, width), for D outputs of each input
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

    /** Multiplies the gradients of all outputs by one array of slopes. */
    private static NDArray gate(NDArray gradients, NDArray slope) {
        Shape shape = gradients.getShape();
        Shape one = slope.getShape();
        return gradients
                .reshape(-1, one.get(0), one.get(1), one.get(2), one.get(3))
                .muli(slope)
                .reshape(shape);
    }

    /** Computes the adjoint of the first convolution, from shape (D M, C, height, width) to (D M, c, height, width). */
    public static NDArray inputGradients(SampledConvnet network, NDArray gradients) {
        return transposed(gradients, network.stem());
    }

    /** Applies the transposed convolution, from the kernel's outputs to its inputs. */
    private static NDArray transposed(NDArray gradients, NDArray kernel) {
        try (NDArray swapped = kernel.swapAxes(0, 1);
                NDArray turned = swapped.flip(2, 3)) {
            return convolve(gradients, turned);
        }
    }

    /** Applies the normalisation, the rectifiers and the kernel of a layer. */
    private static NDArray convolve(Normalizer normalizer, NDArray h, SampledConvnet network, int layer) {
        try (NDArray rectified =
                normalizer.normalize(layer, h).getNDArrayInternal().relu()) {
            return convolve(rectified, network.kernel(layer));
        }
    }

    /**
     * Convolves images with a kernel. A border of zeros keeps the size of the images.
     *
     * @param h shape (M, c, height, width)
     * @param kernel shape (C, c, 3, 3)
     */
    public static NDArray convolve(NDArray h, NDArray kernel) {
        return Conv2d.conv2d(h, kernel, null, ONE, ONE, ONE, 1).singletonOrThrow();
    }
}
