package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.Precision;
import org.shatterlab.lab.Stopping;

/**
 * One draw of a rectifier network: its weights, drawn when they are asked for.
 *
 * <p>Weights stand to the right of row vectors: {@code h W} with h of shape (M, N). Hidden weights are streamed through
 * one buffer, since a deep wide network would hold hundreds of megabytes otherwise: what {@link #hidden} returns is
 * valid until its next call. All arrays are views of this network's memory and must not be used once it is closed. For
 * one thread.
 */
public final class SampledNetwork implements AutoCloseable {

    /** That of the widest vector instructions. */
    private static final int ALIGNMENT = 64;

    private final Arena memory = Arena.ofConfined();
    private final NetworkSpec.Rectifier spec;
    private final int dimension;
    private final RunDraws draws;
    private final NDManager manager;
    private final DataType type;
    private final ByteBuffer hiddenBuffer;
    private @Nullable NDArray hidden;

    /**
     * @param dimension d, of the inputs
     * @param manager what the arrays of weights are closed with
     */
    public SampledNetwork(
            NetworkSpec.Rectifier spec, int dimension, RunDraws draws, NDManager manager, Precision precision) {
        this.spec = spec;
        this.dimension = dimension;
        this.draws = draws;
        this.manager = manager;
        this.type = precision.type();
        this.hiddenBuffer = allocate(Math.toIntExact(hiddenShape().size()));
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
     * W_l, shape (N, N), or (2N, N) where the activation has two numbers for a unit; valid until the next call. Every sweep
     * comes by here at every layer, which is why it can be stopped here.
     *
     * @param layer l, from 1
     */
    public NDArray hidden(int layer) {
        Stopping.check();
        if (hidden != null) {
            hidden.close();
        }
        ContinuousSampler normals = draws.normals(RunDraws.Role.HIDDEN_WEIGHT, layer);
        fill(hiddenBuffer, HiddenWeights.unscaled(spec, normals), HiddenWeights.scale(spec));
        // On a CPU the array is a view of the buffer, which is why it ends when the buffer is filled again.
        hidden = manager.create(hiddenBuffer, hiddenShape(), type);
        return hidden;
    }

    private Shape hiddenShape() {
        return new Shape((long) spec.activation().arity() * spec.width(), spec.width());
    }

    /** v ~ N(0, 1/N), shape (N), another one for each depth. */
    public NDArray readout(int depth) {
        return draw(RunDraws.Role.READOUT, depth, Math.sqrt(1.0 / spec.width()), new Shape(spec.width()));
    }

    private NDArray draw(RunDraws.Role role, int index, double standardDeviation, Shape shape) {
        ByteBuffer buffer = allocate(Math.toIntExact(shape.size()));
        fill(buffer, draws.normals(role, index), standardDeviation);
        return manager.create(buffer, shape, type);
    }

    /** Outside the heap and freed at once: buffers that wait for a garbage collection would pile up over runs. */
    private ByteBuffer allocate(int values) {
        return memory.allocate(Math.multiplyFull(values, type.getNumOfBytes()), ALIGNMENT)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (hidden != null) {
            hidden.close();
        }
        memory.close();
    }

    private void fill(ByteBuffer buffer, ContinuousSampler values, double scale) {
        if (type == DataType.FLOAT32) {
            FloatBuffer floats = buffer.asFloatBuffer();
            for (int i = 0; i < floats.capacity(); i++) {
                floats.put(i, (float) (scale * values.sample()));
            }
        } else {
            DoubleBuffer doubles = buffer.asDoubleBuffer();
            for (int i = 0; i < doubles.capacity(); i++) {
                doubles.put(i, scale * values.sample());
            }
        }
    }
}
