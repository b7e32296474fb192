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
 * The function of one rectifier layer, {@code h <- a h + b rho(n(h)) W}, on arrays of shape (R, M, N): R runs, each with
 * weights of its own, M inputs and N units. Tangents go through the same layer along its derivative:
 * {@code t <- a t + b (D t) W}. Every pass (hidden states, tangents, adjoints) is built from it. Between rho and W an array
 * has A N columns, where A is the {@link Activation#outputsPerUnit}: all positive parts stand before the negative. For one thread.
 *
 * <p>Rectifiers are homogeneous, so rho(n) W = rho(s n) (W / s), with the standard deviations s of batch normalisation
 * divided out of the weights' rows rather than out of every hidden state. D is the derivative of rho alone.
 *
 * <p>The batch's mean and standard deviation are constants to every gradient ("frozen statistics"): differentiating
 * through them would give the derivative of the sum of all outputs, not each output's own.
 */
public final class RectifierLayer {

    /** What batch normalisation adds to a variance. */
    public static final double BATCH_NORM_EPSILON = 1e-5;

    private static final int[] OVER_INPUTS = {1};
    private static final int ROWS = 1;
    private static final int COLUMNS = 3;

    private final Coefficients coefficients;
    private final Activation rho;
    private final NDManager manager;
    private final DataType type;

    /**
     * Made once: a number that the engine is given as such becomes an array each time, which takes longer than to compute with
     * it, and a GPU waits for the copy.
     */
    private final Map<Double, NDArray> constants = new HashMap<>();

    /**
     * That of the layers of a network.
     *
     * @param coefficients a and b
     * @param manager what the numbers live with that arrays are computed with
     * @param type of all arrays
     */
    RectifierLayer(Coefficients coefficients, Activation rho, NDManager manager, DataType type) {
        this.coefficients = coefficients;
        this.rho = rho;
        this.manager = manager;
        this.type = type;
    }

    private NDArray constant(double value) {
        // Of the arrays' own type: the engine multiplies by a number of another type four times slower.
        return constants.computeIfAbsent(
                value, _ -> type == DataType.FLOAT32 ? manager.create((float) value) : manager.create(value));
    }

    /**
     * What a layer's rectifiers see.
     *
     * @param preActivations s n(h), shape (R, M, N)
     * @param deviation s, shape (R, 1, N); null where nothing is divided by
     * @param layer whose
     */
    public record Normalized(
            NDArray preActivations, @Nullable NDArray deviation, RectifierLayer layer) implements AutoCloseable {

        /** rho(s n(h)), a new array of shape (R, M, A N). */
        public NDArray rectified() {
            if (layer.rho instanceof Activation.Relu) {
                return relu(preActivations);
            }
            return along(preActivations);
        }

        /**
         * D t, a new array of shape (R, M, A N).
         *
         * @param t shape (R, M, N)
         */
        public NDArray along(NDArray t) {
            return times(slope(), t);
        }

        /**
         * The same, where rho(s n(h)) is there and not needed any more.
         *
         * @param t shape (R, M, N)
         * @param rectified rho(s n(h)), which may be overwritten
         */
        public NDArray along(NDArray t, NDArray rectified) {
            return layer.rho instanceof Activation.Relu ? times(rectified.signi(), t) : along(t);
        }

        private NDArray times(NDArray slope, NDArray t) {
            if (layer.rho.outputsPerUnit() == 1) {
                return slope.muli(t);
            }
            try (NDArray twice = t.concat(t, -1)) {
                return slope.muli(twice);
            }
        }

        /** D = d rho(n) / dn, a new array of shape (R, M, A N). */
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
         * W / s, in place of W.
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

        /** Of the pre-activations nothing: they are the caller's. */
        @Override
        public void close() {
            if (deviation != null) {
                deviation.close();
            }
        }
    }

    /**
     * Prepares the rectifiers of a layer. Where their mean over the batch is subtracted the hidden states themselves become
     * what is left: the next layer, which subtracts the mean of what comes to it, sees no difference, and all stays in the
     * cache. For the same reason nothing that is not needed any more is kept until the layer is over.
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

    /** Of each unit over the batch, of which the mean is 0. */
    private NDArray deviation(NDArray centred) {
        try (NDArray squares = centred.square();
                NDArray variance = squares.mean(OVER_INPUTS, true)) {
            return variance.addi(constant(BATCH_NORM_EPSILON)).sqrt();
        }
    }

    private static NDArray relu(NDArray n) {
        return n.getNDArrayInternal().relu();
    }

    /** 1[n &gt; 0]. */
    static NDArray gate(NDArray n) {
        return relu(n).signi();
    }

    /**
     * a x + b y W.
     *
     * @param identity x, shape (R, M, N)
     * @param branch y, shape (R, M, A N)
     * @param weight W, shape (R, A N, N)
     */
    public NDArray join(NDArray identity, NDArray branch, NDArray weight) {
        return add(identity, branch.batchMatMul(weight));
    }

    /**
     * The adjoint of {@link #join} through the rectifier: a g + b (g W^T) D, summed over the A parts of each unit.
     *
     * @param gradients g, shape (R, K, M, N), K gradients of other outputs
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

    /** a x + b y; y may be overwritten. */
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
