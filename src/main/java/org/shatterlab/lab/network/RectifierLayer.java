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
     * @param states the hidden states s n(h), and the tangents; shape (R, K, M, N)
     * @param slope D = d rho(n(h)) / dh, shape (R, 1, M, A N); for the rectifier 1[n(h) &gt; 0] / s
     * @param arity A
     */
    public record Normalized(NDArray states, NDArray slope, int arity) {

        /** rho(n(h)) and D t, shape (R, K, M, A N). */
        public NDArray branch() {
            if (arity == 1) {
                return states.mul(slope);
            }
            return states.concat(states, COLUMNS).muli(slope);
        }

        /** What has the sign of the pre-activations n(h): a view of shape (R, 1, M, N). */
        public NDArray preActivations() {
            return hidden(states);
        }
    }

    /** The first of the arrays of each run: a view of shape (R, 1, M, N). */
    private static NDArray hidden(NDArray states) {
        Shape shape = states.getShape();
        if (shape.get(ARRAYS) == 1) {
            return states.reshape(shape);
        }
        NDList parts = states.split(new long[] {1}, ARRAYS);
        parts.getLast().close();
        return parts.getFirst();
    }

    /**
     * Prepares the rectifiers of a layer. Where their mean over the batch is subtracted the hidden states themselves become
     * what is left: the next layer, which subtracts the mean of what comes to it, sees no difference, and all stays in the
     * cache. For the same reason nothing that is not needed any more is kept until the layer is over.
     *
     * @param states h and any tangents, shape (R, K, M, N)
     */
    public static Normalized normalize(NDArray states, Normalization normalization, Activation rho) {
        try (NDArray h = hidden(states)) {
            if (normalization != Normalization.NONE) {
                try (NDArray constant = h.stopGradient();
                        NDArray mean = constant.mean(OVER_INPUTS, true)) {
                    h.subi(mean);
                }
            }
            try (NDArray constant = h.stopGradient()) {
                NDArray slope = slope(constant, rho);
                if (normalization == Normalization.BATCH_NORM) {
                    divide(slope, constant, rho.arity());
                }
                return new Normalized(states, slope, rho.arity());
            }
        }
    }

    /** Divides by the standard deviation of what is centred. */
    private static void divide(NDArray slope, NDArray centred, int arity) {
        try (NDArray squares = centred.square();
                NDArray variance = squares.mean(OVER_INPUTS, true);
                NDArray deviation = variance.addi(BATCH_NORM_EPSILON).sqrt()) {
            if (arity == 1) {
                slope.divi(deviation);
            } else {
                try (NDArray twice = deviation.concat(deviation, COLUMNS)) {
                    slope.divi(twice);
                }
            }
        }
    }

    /** d rho / dn, a new array. */
    private static NDArray slope(NDArray n, Activation rho) {
        return switch (rho) {
            case Activation.Relu() -> gate(n);
            case Activation.Linear() -> n.onesLike();
            case Activation.Prelu(double slope) ->
                gate(n).muli(scalar(n, 1 - slope)).addi(scalar(n, slope));
            case Activation.Crelu() -> {
                try (NDArray gate = gate(n);
                        NDArray negative = gate.sub(1)) {
                    yield gate.concat(negative, COLUMNS);
                }
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
        try (NDArray rows = arrays.reshape(shape.get(0), shape.get(ARRAYS) * shape.get(INPUTS), shape.tail());
                NDArray product = rows.matMul(weight)) {
            return product.reshape(
                    shape.get(0),
                    shape.get(ARRAYS),
                    shape.get(INPUTS),
                    weight.getShape().tail());
        }
    }

    /**
     * The adjoint of {@link #join} through the rectifier: a g + b (g W^T) D, summed over the A parts of each unit.
     *
     * @param gradients g, shape (R, K, M, N), of which each array is the gradient of another output
     * @param slope D of {@link Normalized#slope}
     * @param weight W, shape (R, A N, N)
     */
    public static NDArray adjoint(Coefficients coefficients, NDArray gradients, NDArray slope, NDArray weight) {
        NDArray branch;
        try (NDArray transposed = weight.swapAxes(1, 2)) {
            branch = product(gradients, transposed).muli(slope);
        }
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
        if (coefficients.skip() == 1) {
            return scaled.addi(identity);
        }
        try (NDArray part = identity.mul(scalar(identity, coefficients.skip()))) {
            return scaled.addi(part);
        }
    }

    /** Of the array's own type: the engine multiplies by a scalar of another type four times slower. */
    private static Number scalar(NDArray array, double value) {
        if (array.getDataType() == DataType.FLOAT32) {
            return (float) value;
        }
        return value;
    }
}
