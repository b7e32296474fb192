package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The function of one rectifier layer, {@code h <- a h + b rho(n(h)) W}. Every pass for hidden states, tangents or
 * adjoints uses this class. Not thread-safe.
 *
 * <p>Arrays have shape (R, M, N), for R runs with separate weights, M inputs and N units. Tangents follow the
 * derivative of the layer, {@code t <- a t + b (D t) W}, where D is the derivative of rho. Between rho and W an array
 * has A N columns, where A is {@link Activation#outputsPerUnit}. For CReLU, all positive parts precede all negative
 * parts.
 *
 * <p>Rectifiers are homogeneous, so rho(n) W = rho(s n) (W / s), where s is the standard deviation of batch
 * normalisation. Therefore s divides the rows of the weights instead of every hidden state.
 *
 * <p>Gradients treat the mean and standard deviation of the batch as constants ("frozen statistics"). A derivative
 * through the statistics would be the derivative of the sum of all outputs, not of each output.
 */
public final class RectifierLayer {

    /** The number that batch normalisation adds to a variance. */
    public static final double BATCH_NORM_EPSILON = 1e-5;

    private static final int[] OVER_INPUTS = {1};
    private static final int ROWS = 1;
    private static final int COLUMNS = 3;

    private final Coefficients coefficients;
    private final Activation rho;
    private final NDManager manager;
    private final DataType type;

    /**
     * The constants as arrays, by value. From a plain number, the engine would create an array at each call. The
     * creation takes longer than the computation, and a GPU waits for the copy.
     */
    private final Map<Double, NDArray> constants = new HashMap<>();

    /**
     * Creates the function of the layers of a network.
     *
     * @param coefficients a and b
     * @param manager the manager that closes the arrays of constants
     * @param type the type of all arrays
     */
    RectifierLayer(Coefficients coefficients, Activation rho, NDManager manager, DataType type) {
        this.coefficients = coefficients;
        this.rho = rho;
        this.manager = manager;
        this.type = type;
    }

    private NDArray constant(double value) {
        // The constant has the type of the arrays, because the engine multiplies four times slower by another type.
        return constants.computeIfAbsent(
                value, _ -> type == DataType.FLOAT32 ? manager.create((float) value) : manager.create(value));
    }

    /**
     * The normalised inputs of a layer's rectifiers.
     *
     * @param preActivations s n(h), shape (R, M, N); the caller closes this array
     * @param deviation s, shape (R, 1, N); null if the normalisation divides by nothing
     * @param layer the layer of the rectifiers
     */
    public record Normalized(
            NDArray preActivations, @Nullable NDArray deviation, RectifierLayer layer) implements AutoCloseable {

        /** Returns rho(s n(h)) as a new array of shape (R, M, A N). */
        public NDArray rectified() {
            if (layer.rho instanceof Activation.Relu) {
                return relu(preActivations);
            }
            return multiplyBySlope(preActivations);
        }

        /**
         * Returns D t as a new array of shape (R, M, A N).
         *
         * @param t shape (R, M, N)
         */
        public NDArray multiplyBySlope(NDArray t) {
            return times(slope(), t);
        }

        /**
         * Returns D t like {@link #multiplyBySlope(NDArray)}, and may reuse the memory of rho(s n(h)) for the result.
         *
         * @param t shape (R, M, N)
         * @param rectified rho(s n(h)), which may be overwritten
         */
        public NDArray multiplyBySlope(NDArray t, NDArray rectified) {
            return layer.rho instanceof Activation.Relu ? times(rectified.signi(), t) : multiplyBySlope(t);
        }

        private NDArray times(NDArray slope, NDArray t) {
            if (layer.rho.outputsPerUnit() == 1) {
                return slope.muli(t);
            }
            try (NDArray twice = t.concat(t, -1)) {
                return slope.muli(twice);
            }
        }

        /** Returns D = d rho(n) / dn as a new array of shape (R, M, A N). */
        public NDArray slope() {
            try (NDArray n = preActivations.stopGradient()) {
                return switch (layer.rho) {
                    case Activation.Relu() -> gate(n);
                    case Activation.Linear() -> n.onesLike();
                    case Activation.Prelu(double slope) ->
                        gate(n).muli(layer.constant(1 - slope)).addi(layer.constant(slope));
                    case Activation.Crelu() -> {
                        try (NDArray gate = gate(n);
                                NDArray negative = gate.sub(layer.constant(1))) {
                            yield gate.concat(negative, -1);
                        }
                    }
                };
            }
        }

        /**
         * Divides W by s in place and returns the result W / s.
         *
         * @param weight W, shape (R, A N, N)
         */
        public NDArray scale(NDArray weight) {
            if (deviation == null) {
                return weight;
            }
            try (NDArray rows = deviation.swapAxes(1, 2)) {
                if (layer.rho.outputsPerUnit() == 1) {
                    return weight.divi(rows);
                }
                try (NDArray twice = rows.concat(rows, ROWS)) {
                    return weight.divi(twice);
                }
            }
        }

        /** Closes the deviation only, because the caller owns the pre-activations. */
        @Override
        public void close() {
            if (deviation != null) {
                deviation.close();
            }
        }
    }

    /**
     * Prepares the inputs of a layer's rectifiers.
     *
     * <p>A normalisation subtracts the mean from the hidden states in place. The next layer subtracts the mean of its
     * own inputs, so its result is unchanged. The change in place keeps the arrays in the cache. For the same reason,
     * each array is closed as soon as it is no longer needed.
     *
     * @param h shape (R, M, N)
     */
    public Normalized normalize(NDArray h, Normalization normalization) {
        if (normalization == Normalization.NONE) {
            return new Normalized(h, null, this);
        }
        try (NDArray frozen = h.stopGradient();
                NDArray mean = frozen.mean(OVER_INPUTS, true)) {
            h.subi(mean);
            return new Normalized(h, normalization == Normalization.BATCH_NORM ? deviation(frozen) : null, this);
        }
    }

    /** Returns the standard deviation of each unit over a batch of mean 0, shape (R, 1, N). */
    private NDArray deviation(NDArray centred) {
        try (NDArray squares = centred.square();
                NDArray variance = squares.mean(OVER_INPUTS, true);
                NDArray offset = zeroOrNan(variance)) {
            return variance.addi(offset.addi(constant(BATCH_NORM_EPSILON))).sqrt();
        }
    }

    /**
     * Returns 0 for each finite variance and NaN for each infinite one, to add to the variances. A division by infinity
     * would remove the unit from the layer, and all later numbers would be finite and wrong. NaN instead reaches the
     * checks behind the last layer.
     */
    static NDArray zeroOrNan(NDArray variance) {
        return variance.sub(variance);
    }

    private static NDArray relu(NDArray n) {
        return n.getNDArrayInternal().relu();
    }

    /** Returns 1 where n &gt; 0 and 0 elsewhere. */
    static NDArray gate(NDArray n) {
        return relu(n).signi();
    }

    /**
     * Returns a x + b y W.
     *
     * @param identity x, shape (R, M, N)
     * @param branch y, shape (R, M, A N)
     * @param weight W, shape (R, A N, N)
     */
    public NDArray join(NDArray identity, NDArray branch, NDArray weight) {
        return add(identity, branch.batchMatMul(weight));
    }

    /**
     * Computes the adjoint of {@link #join} through the rectifier: a g + b (g W^T) D, summed over the A outputs of each
     * unit.
     *
     * @param gradients g, shape (R, K, M, N), with the gradients of K outputs
     * @param slope D, shape (R, M, A N)
     * @param weight W, shape (R, A N, N)
     */
    public NDArray adjoint(NDArray gradients, NDArray slope, NDArray weight) {
        Shape shape = gradients.getShape();
        long columns = slope.getShape().tail();
        NDArray branch;
        try (NDArray transposed = weight.swapAxes(1, 2);
                NDArray rows = gradients.reshape(shape.get(0), -1, shape.tail());
                NDArray product = rows.batchMatMul(transposed);
                NDArray each = slope.expandDims(1)) {
            branch = product.reshape(shape.get(0), shape.get(1), shape.get(2), columns)
                    .muli(each);
        }
        long outputsPerUnit = columns / shape.tail();
        return add(gradients, outputsPerUnit == 1 ? branch : sum(branch.split(outputsPerUnit, COLUMNS)));
    }

    private static NDArray sum(NDList parts) {
        return parts.stream().reduce(NDArray::add).orElseThrow();
    }

    /** Returns a x + b y and may overwrite y. */
    NDArray add(NDArray identity, NDArray branch) {
        NDArray scaled = coefficients.branch() == 1 ? branch : branch.muli(constant(coefficients.branch()));
        if (coefficients.skip() == 0) {
            return scaled;
        }
        if (coefficients.skip() == 1) {
            return scaled.addi(identity);
        }
        try (NDArray part = identity.mul(constant(coefficients.skip()))) {
            return scaled.addi(part);
        }
    }
}
