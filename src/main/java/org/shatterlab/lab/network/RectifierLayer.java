package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * One rectifier layer {@code h <- a h + b rho(n(h)) W} on arrays of shape (..., M, N): M inputs, N units, and any axes in
 * front, such as runs. Every pass (hidden states, tangents, adjoints, autograd) is built from these functions. Between rho
 * and W an array has A N columns, where A is the {@link Activation#arity}: all positive parts stand before the negative.
 *
 * <p>The batch's mean and standard deviation are constants to every gradient ("frozen statistics"): differentiating
 * through them would give the derivative of the sum of all outputs, not each output's own.
 */
public final class RectifierLayer {

    /** What batch normalisation adds to a variance. */
    public static final double BATCH_NORM_EPSILON = 1e-5;

    private static final int[] INPUTS = {-2};
    private static final int COLUMNS = -1;

    private RectifierLayer() {}

    /**
     * The pre-activations of a layer.
     *
     * @param value n(h), shape (..., M, N)
     * @param standardDeviation what h was divided by, shape (..., 1, N); null where it was not divided
     * @param rho the activation
     */
    public record Normalized(NDArray value, @Nullable NDArray standardDeviation, Activation rho) {

        /** rho(n(h)), shape (..., M, A N). */
        public NDArray activation() {
            return switch (rho) {
                case Activation.Relu() -> positive();
                case Activation.Linear() -> value;
                case Activation.Prelu(double slope) ->
                    positive().mul(scalar(value, 1 - slope)).add(value.mul(scalar(value, slope)));
                case Activation.Crelu() -> {
                    NDArray positive = positive();
                    // max(0, -n) to the bit; unlike that, one of the two parts has a gradient at n = 0 too.
                    yield positive.concat(positive.sub(value), COLUMNS);
                }
            };
        }

        /** D = d rho(n(h)) / dh, shape (..., M, A N); for the rectifier 1[n(h) &gt; 0] / s. */
        public NDArray slope() {
            return switch (rho) {
                case Activation.Relu() -> scaled(gate());
                case Activation.Linear() -> scaled(value.onesLike());
                case Activation.Prelu(double slope) ->
                    scaled(gate().muli(scalar(value, 1 - slope)).addi(scalar(value, slope)));
                case Activation.Crelu() -> {
                    NDArray gate = gate();
                    NDArray negative = scaled(gate.sub(1));
                    yield scaled(gate).concat(negative, COLUMNS);
                }
            };
        }

        /**
         * The derivative D t of rho(n(h)) along a tangent, shape (..., M, A N).
         *
         * @param tangent t = dh, shape (..., M, N)
         */
        public NDArray along(NDArray tangent) {
            NDArray slope = slope();
            return rho.arity() == 1
                    ? tangent.mul(slope)
                    : tangent.concat(tangent, COLUMNS).muli(slope);
        }

        private NDArray positive() {
            return value.getNDArrayInternal().relu();
        }

        /** Which units are active, n(h) &gt; 0: booleans of shape (..., M, N). */
        public NDArray active() {
            return value.gt(0);
        }

        private NDArray gate() {
            return positive().sign();
        }

        private NDArray scaled(NDArray slope) {
            return standardDeviation == null ? slope : slope.divi(standardDeviation);
        }
    }

    public static Normalized normalize(NDArray h, Normalization normalization, Activation rho) {
        NDArray frozen = h.stopGradient();
        return switch (normalization) {
            case NONE -> new Normalized(h, null, rho);
            case MEAN_CENTERING -> new Normalized(h.sub(frozen.mean(INPUTS, true)), null, rho);
            case BATCH_NORM -> {
                NDArray mean = frozen.mean(INPUTS, true);
                NDArray standardDeviation = frozen.sub(mean)
                        .square()
                        .mean(INPUTS, true)
                        .addi(BATCH_NORM_EPSILON)
                        .sqrt();
                yield new Normalized(h.sub(mean).div(standardDeviation), standardDeviation, rho);
            }
        };
    }

    /**
     * a x + b y W.
     *
     * @param identity x, shape (..., M, N)
     * @param branch y, shape (..., M, A N)
     * @param weight W, shape (..., A N, N)
     */
    public static NDArray join(Coefficients coefficients, NDArray identity, NDArray branch, NDArray weight) {
        return add(coefficients, identity, branch.matMul(weight));
    }

    /**
     * The adjoint of {@link #join} through the rectifier: a g + b (g W^T) D, summed over the A parts of each unit.
     *
     * @param gradient g, shape (..., M, N)
     * @param slope D of {@link Normalized#slope}
     */
    public static NDArray adjoint(Coefficients coefficients, NDArray gradient, NDArray slope, NDArray weight) {
        try (NDArray transposed = weight.swapAxes(-2, -1)) {
            NDArray branch = gradient.matMul(transposed).muli(slope);
            long arity = slope.getShape().tail() / gradient.getShape().tail();
            return add(
                    coefficients,
                    gradient,
                    arity == 1
                            ? branch
                            : sum(branch.split(arity, branch.getShape().dimension() - 1)));
        }
    }

    private static NDArray sum(NDList parts) {
        return parts.stream().reduce(NDArray::add).orElseThrow();
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
