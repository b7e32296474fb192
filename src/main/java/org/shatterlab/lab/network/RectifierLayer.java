package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * One rectifier layer {@code h <- a h + b rho(n(h)) W} on arrays of shape (..., M, N): M inputs, N units, and any axes in
 * front, such as runs. Every pass (hidden states, tangents, adjoints, autograd) is built from these functions.
 *
 * <p>The batch's mean and standard deviation are constants to every gradient ("frozen statistics"): differentiating
 * through them would give the derivative of the sum of all outputs, not each output's own.
 */
public final class RectifierLayer {

    private static final double BATCH_NORM_EPSILON = 1e-5;
    private static final int[] INPUTS = {-2};

    private RectifierLayer() {}

    /**
     * The pre-activations of a layer.
     *
     * @param value n(h), shape (..., M, N)
     * @param standardDeviation what h was divided by, shape (..., 1, N); null where it was not divided
     */
    public record Normalized(NDArray value, @Nullable NDArray standardDeviation) {

        /** rho(n(h)). */
        public NDArray activation() {
            return value.getNDArrayInternal().relu();
        }

        /** Which units are active, n(h) &gt; 0: booleans of shape (..., M, N). */
        public NDArray active() {
            return value.gt(0);
        }

        /** D = d rho(n(h)) / dh = 1[n(h) &gt; 0] / s. */
        public NDArray slope() {
            NDArray gate = activation().sign();
            return standardDeviation == null ? gate : gate.divi(standardDeviation);
        }
    }

    public static Normalized normalize(NDArray h, Normalization normalization) {
        NDArray frozen = h.stopGradient();
        return switch (normalization) {
            case NONE -> new Normalized(h, null);
            case MEAN_CENTERING -> new Normalized(h.sub(frozen.mean(INPUTS, true)), null);
            case BATCH_NORM -> {
                NDArray mean = frozen.mean(INPUTS, true);
                NDArray standardDeviation = frozen.sub(mean)
                        .square()
                        .mean(INPUTS, true)
                        .addi(BATCH_NORM_EPSILON)
                        .sqrt();
                yield new Normalized(h.sub(mean).div(standardDeviation), standardDeviation);
            }
        };
    }

    /**
     * a x + b y W.
     *
     * @param identity x, shape (..., M, N)
     * @param branch y, shape (..., M, N)
     * @param weight W, shape (..., N, N)
     */
    public static NDArray join(Coefficients coefficients, NDArray identity, NDArray branch, NDArray weight) {
        return add(coefficients, identity, branch.matMul(weight));
    }

    /**
     * The adjoint of {@link #join} through the rectifier: a g + b (g W^T) D.
     *
     * @param gradient g, shape (..., M, N)
     * @param slope D of {@link Normalized#slope}
     */
    public static NDArray adjoint(Coefficients coefficients, NDArray gradient, NDArray slope, NDArray weight) {
        try (NDArray transposed = weight.swapAxes(-2, -1)) {
            return add(coefficients, gradient, gradient.matMul(transposed).muli(slope));
        }
    }

    /** a x + b y; y may be overwritten. */
    static NDArray add(Coefficients coefficients, NDArray identity, NDArray branch) {
        NDArray scaled = coefficients.branch() == 1 ? branch : branch.muli(scalar(branch, coefficients.branch()));
        if (coefficients.skip() == 0) {
            return scaled;
        }
        return scaled.addi(coefficients.skip() == 1 ? identity : identity.mul(scalar(identity, coefficients.skip())));
    }

    /** Of the array's own type: the engine multiplies by a scalar of another type four times slower. */
    private static Number scalar(NDArray array, double value) {
        if (array.getDataType() == DataType.FLOAT32) {
            return (float) value;
        }
        return value;
    }
}
