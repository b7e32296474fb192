package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * One rectifier layer {@code h <- a h + b rho(n(h)) W} on arrays of shape (R, K, M, N): R runs, each with weights of its own,
 * M inputs and N units. Of the K arrays of a run the first are the hidden states, and any others tangents, which go through
 * the same layer along its derivative: {@code t <- a t + b (D t) W}. Every pass (hidden states, tangents, adjoints, autograd)
 * is built from these functions. Between rho and W an array has A N columns, where A is the {@link Activation#arity}: all
 * positive parts stand before the negative.
 *
 * <p>The batch's mean and standard deviation are constants to every gradient ("frozen statistics"): differentiating
 * through them would give the derivative of the sum of all outputs, not each output's own.
 */
public final class RectifierLayer {

    /** What batch normalisation adds to a variance. */
    public static final double BATCH_NORM_EPSILON = 1e-5;

    private static final int ARRAYS = 1;
    private static final int INPUTS = 2;
    private static final int COLUMNS = 3;
    private static final int[] OVER_INPUTS = {INPUTS};

    private RectifierLayer() {}

    /**
     * What a layer's rectifiers see, and what they do to it. Rectifiers are homogeneous, so rho(n) = D s n where s n is what
     * was not divided by the standard deviation s yet, and hidden states and tangents are multiplied with the same D.
     *
     * @param centred the hidden states less their mean over the batch, where it is subtracted, and the tangents as they
     *     are; shape (R, K, M, N)
     * @param slope D = d rho(n(h)) / dh, shape (R, 1, M, A N); for the rectifier 1[n(h) &gt; 0] / s
     * @param arity A
     */
    public record Normalized(NDArray centred, NDArray slope, int arity) {

        /** rho(n(h)) and D t, shape (R, K, M, A N). */
        public NDArray branch() {
            return (arity == 1 ? centred : centred.concat(centred, COLUMNS)).mul(slope);
        }

        /** What has the sign of the pre-activations n(h), shape (R, 1, M, N). */
        public NDArray preActivations() {
            return hidden(centred);
        }
    }

    /** The first of the arrays of each run: a view of shape (R, 1, M, N). */
    private static NDArray hidden(NDArray states) {
        long arrays = states.getShape().get(ARRAYS);
        return arrays == 1 ? states : states.split(new long[] {1}, ARRAYS).getFirst();
    }

    /**
     * Prepares the rectifiers of a layer.
     *
     * @param states h and any tangents, shape (R, K, M, N)
     */
    public static Normalized normalize(NDArray states, Normalization normalization, Activation rho) {
        NDArray centred = normalization == Normalization.NONE ? states : states.sub(mean(states));
        NDArray constant = hidden(centred).stopGradient();
        NDArray slope = slope(constant, rho);
        if (normalization == Normalization.BATCH_NORM) {
            NDArray deviation = deviation(constant);
            slope.divi(rho.arity() == 1 ? deviation : deviation.concat(deviation, COLUMNS));
        }
        return new Normalized(centred, slope, rho.arity());
    }

    /** Of the hidden states over the batch, and 0 for the tangents; shape (R, K, 1, N). */
    private static NDArray mean(NDArray states) {
        NDArray mean = hidden(states).stopGradient().mean(OVER_INPUTS, true);
        long tangents = states.getShape().get(ARRAYS) - 1;
        Shape shape = mean.getShape();
        return tangents == 0
                ? mean
                : mean.concat(
                        mean.getManager().zeros(new Shape(shape.get(0), tangents, 1, shape.tail()), mean.getDataType()),
                        ARRAYS);
    }

    /** s, shape (R, 1, 1, N). */
    private static NDArray deviation(NDArray centred) {
        return centred.square().mean(OVER_INPUTS, true).addi(BATCH_NORM_EPSILON).sqrt();
    }

    /** d rho / dn, a new array. */
    private static NDArray slope(NDArray n, Activation rho) {
        return switch (rho) {
            case Activation.Relu() -> gate(n);
            case Activation.Linear() -> n.onesLike();
            case Activation.Prelu(double slope) ->
                gate(n).muli(scalar(n, 1 - slope)).addi(scalar(n, slope));
            case Activation.Crelu() -> {
                NDArray gate = gate(n);
                yield gate.concat(gate.sub(1), COLUMNS);
            }
        };
    }

    /** 1[n &gt; 0]. */
    private static NDArray gate(NDArray n) {
        return n.getNDArrayInternal().relu().signi();
    }

    /**
     * a x + b y W.
     *
     * @param identity x, shape (R, K, M, N)
     * @param branch y, shape (R, K, M, A N)
     * @param weight W, shape (R, A N, N)
     */
    public static NDArray join(Coefficients coefficients, NDArray identity, NDArray branch, NDArray weight) {
        return add(coefficients, identity, product(branch, weight));
    }

    /** One product for each run, whatever the number of its arrays. */
    private static NDArray product(NDArray arrays, NDArray weight) {
        Shape shape = arrays.getShape();
        return arrays.reshape(shape.get(0), shape.get(ARRAYS) * shape.get(INPUTS), shape.tail())
                .matMul(weight)
                .reshape(
                        shape.get(0),
                        shape.get(ARRAYS),
                        shape.get(INPUTS),
                        weight.getShape().tail());
    }

    /**
     * The adjoint of {@link #join} through the rectifier: a g + b (g W^T) D, summed over the A parts of each unit.
     *
     * @param gradients g, shape (R, K, M, N), of which each array is the gradient of another output
     * @param slope D of {@link Normalized#slope}
     * @param weight W, shape (R, A N, N)
     */
    public static NDArray adjoint(Coefficients coefficients, NDArray gradients, NDArray slope, NDArray weight) {
        NDArray branch = product(gradients, weight.swapAxes(1, 2)).muli(slope);
        long arity = slope.getShape().tail() / gradients.getShape().tail();
        return add(coefficients, gradients, arity == 1 ? branch : sum(branch.split(arity, COLUMNS)));
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
