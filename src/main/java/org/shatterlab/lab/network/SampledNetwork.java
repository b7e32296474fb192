package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.Precision;

/**
 * One draw of a rectifier network: its weights, drawn when they are asked for.
 *
 * <p>Weights stand to the right of row vectors: {@code h W} with h of shape (M, N). Hidden weights are streamed through
 * one buffer, since a deep wide network would hold hundreds of megabytes otherwise: what {@link #hidden} returns is
 * valid until its next call. Not thread-safe; closed with the manager.
 */
public final class SampledNetwork {

    private final NetworkSpec.Rectifier spec;
    private final int dimension;
    private final RunDraws draws;
    private final NDManager manager;
    private final DataType type;
    private @Nullable ByteBuffer hiddenBuffer;
    private @Nullable NDArray hidden;

    /**
     * @param dimension d, of the inputs
     * @param manager what the weights live and are closed with
     */
    public SampledNetwork(
            NetworkSpec.Rectifier spec, int dimension, RunDraws draws, NDManager manager, Precision precision) {
        this.spec = spec;
        this.dimension = dimension;
        this.draws = draws;
        this.manager = manager;
        this.type = switch (precision) {
            case FLOAT32 -> DataType.FLOAT32;
            case FLOAT64 -> DataType.FLOAT64;
        };
    }

    public NetworkSpec.Rectifier spec() {
        return spec;
    }

    /** The format that weights, hidden states and gradients are computed in. */
    public DataType type() {
        return type;
    }

    /** W_0 ~ N(0, 1/d), shape (d, N). */
    public NDArray first() {
        return draw(RunDraws.Role.FIRST_WEIGHT, 0, Math.sqrt(1.0 / dimension), new Shape(dimension, spec.width()));
    }

    /** b_0 ~ N(0, firstBiasStd^2), shape (N). */
    public NDArray firstBias() {
        return draw(RunDraws.Role.FIRST_BIAS, 0, spec.firstBiasStd(), new Shape(spec.width()));
    }

    /** A direction of the neurons of h_0, N(0, 1), shape (N). */
    public NDArray direction() {
        return draw(RunDraws.Role.DIRECTION, 0, 1, new Shape(spec.width()));
    }

    /**
     * W_l ~ N(0, 2/N) (He), shape (N, N), valid until the next call.
     *
     * @param layer l, from 1
     */
    public NDArray hidden(int layer) {
        int width = spec.width();
        if (hiddenBuffer == null || hidden == null) {
            hiddenBuffer = manager.allocateDirect(Math.multiplyExact(width * width, type.getNumOfBytes()));
            hidden = manager.create(new Shape(width, width), type);
        }
        fill(hiddenBuffer, draws.normals(RunDraws.Role.HIDDEN_WEIGHT, layer), Math.sqrt(2.0 / width));
        hidden.set(hiddenBuffer);
        return hidden;
    }

    /** v ~ N(0, 1/N), shape (N), another one for each depth. */
    public NDArray readout(int depth) {
        return draw(RunDraws.Role.READOUT, depth, Math.sqrt(1.0 / spec.width()), new Shape(spec.width()));
    }

    private NDArray draw(RunDraws.Role role, int index, double standardDeviation, Shape shape) {
        ByteBuffer buffer =
                manager.allocateDirect(Math.multiplyExact(Math.toIntExact(shape.size()), type.getNumOfBytes()));
        fill(buffer, draws.normals(role, index), standardDeviation);
        return manager.create(buffer, shape, type);
    }

    private void fill(ByteBuffer buffer, ContinuousSampler normals, double standardDeviation) {
        if (type == DataType.FLOAT32) {
            FloatBuffer floats = buffer.asFloatBuffer();
            for (int i = 0; i < floats.capacity(); i++) {
                floats.put(i, (float) (standardDeviation * normals.sample()));
            }
        } else {
            DoubleBuffer doubles = buffer.asDoubleBuffer();
            for (int i = 0; i < doubles.capacity(); i++) {
                doubles.put(i, standardDeviation * normals.sample());
            }
        }
    }
}
